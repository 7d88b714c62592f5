#!/bin/bash
# setup.sh GROUP...: see that this machine has what a command needs; install it through apt when we may (root, or sudo
# without a password), otherwise print the exact line to run and exit 69. Quick when all is there.
#
#   build   compile and link: a C compiler (SQLite and ring are C inside)
#   peers   Prometheus, Alertmanager, postfix: unpacked into the cache, never installed
#   guest   a virtual machine with a real OpenZFS in it
#   pi      an emulated Raspberry Pi, and what builds programs for it
#   dqlite  nodes of a real dqlite cluster, each in a network namespace: go-dqlite, libdqlite, a Go
#   lint    rustfmt, clippy, shellcheck
#   arm64   compile and link for arm64, and run what comes of it under qemu's user emulation
#   fuzz    the C++ compiler that libFuzzer is built with
#   package Python, which brings the C compiler and linker of the static builds into the cache
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What tells that a package is there (a command or a file), and the package.
needs() {
  case $1 in
    build) printf '%s\n' 'cc gcc' '/usr/include/stdlib.h libc6-dev' ;;
    peers) printf '%s\n' 'openssl openssl' 'unshare util-linux' 'python3 python3' ;;
    guest)
      printf '%s\n' 'mmdebstrap mmdebstrap' '/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring' \
        'mke2fs e2fsprogs' 'xz xz-utils' 'zstd zstd' 'qemu-system-x86_64 qemu-system-x86'
      ;;
    pi)
      printf '%s\n' 'cpio cpio' 'xz xz-utils' '/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring' \
        'qemu-system-aarch64 qemu-system-arm' 'aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu' \
        '/usr/aarch64-linux-gnu/include/stdlib.h libc6-dev-arm64-cross'
      ;;
    dqlite)
      printf '%s\n' '/usr/include/dqlite.h libdqlite-dev' 'go golang-go' 'pkg-config pkg-config' 'ip iproute2' \
        '/usr/share/gocode/src/github.com/canonical/go-dqlite golang-github-canonical-go-dqlite-dev' 'openssl openssl' \
        'nsenter util-linux'
      ;;
    lint) echo 'shellcheck shellcheck' ;;
    arm64)
      printf '%s\n' 'aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu' '/usr/aarch64-linux-gnu/include/stdlib.h libc6-dev-arm64-cross' \
        'qemu-aarch64-static qemu-user-static'
      ;;
    fuzz) echo 'g++ g++' ;;
    package) printf '%s\n' 'python3 python3' '/usr/share/doc/python3-venv python3-venv' ;;
    *) fail "setup.sh: unknown group $1" 64 ;;
  esac
}

missing() { # GROUP...: packages that are not there
  local group sign package
  for group; do
    while read -r sign package; do
      if [ ! -e "$sign" ] && ! command -v "$sign" >/dev/null; then echo "$package"; fi
    done < <(needs "$group")
  done
}

as_root() { # how to become root without asking anybody, or nothing
  if [ "$(id -u)" = 0 ]; then echo env; elif sudo -n true 2>/dev/null; then echo 'sudo -n'; fi
}

install() { # PACKAGE...
  local become line="apt-get install -y --no-install-recommends $*"
  command -v apt-get >/dev/null || fail "This machine has no apt. Needed here: $*" 69
  become=$(as_root)
  [ -n "$become" ] || fail "Some packages are missing. Run this, then try again:
  sudo apt-get update && sudo $line" 69
  say "Installing: $*"
  # shellcheck disable=SC2086 # words of a command
  { $become apt-get -qq update && $become env DEBIAN_FRONTEND=noninteractive $line -qq; } >&2
}

# Unpacking a package needs apt's lists, which a fresh machine does not have.
lists() {
  local package
  for package in prometheus prometheus-alertmanager; do
    [ -d "$GJALLARHORN_CACHE/peers/$package" ] || apt-cache show "$package" >/dev/null 2>&1 || {
      local become
      become=$(as_root)
      [ -n "$become" ] || fail "apt does not know its packages yet. Run this, then try again:
  sudo apt-get update" 69
      $become apt-get -qq update >&2
      return
    }
  done
}

rust() {
  command -v cargo >/dev/null || fail "Rust is missing. Install it from https://rustup.rs, then try again." 69
}

components() {
  local component
  for component in fmt clippy; do
    cargo "$component" --version >/dev/null 2>&1 && continue
    command -v rustup >/dev/null || fail "cargo $component is missing and there is no rustup to add it with." 69
    rustup component add "${component/fmt/rustfmt}" >&2
  done
}

board_target() {
  command -v rustup >/dev/null || return 0 # a distribution's Rust brings its targets as packages
  rustup --quiet target add aarch64-unknown-linux-musl >&2
}

rust
mapfile -t packages < <(missing "$@" | sort -u)
[ ${#packages[@]} -eq 0 ] || install "${packages[@]}"
for group; do
  case $group in
    peers) lists ;;
    lint) components ;;
    pi) board_target ;;
  esac
done
