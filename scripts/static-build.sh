#!/bin/bash
# static-build.sh [TARGET...]: static programs, as they are shipped, in dist/TARGET/. Prints their sizes.
#
# Default targets: x86_64 and aarch64, musl. Zig is the C compiler and the linker for both (musl linked by rust-lld copies
# memory three times slower); it and cargo-zigbuild come from PyPI into the cache, nothing is installed.
# Before that it builds the exporter once with every C compiler replaced by /bin/false: none of it is C.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TERM_COLOR=never
targets=("$@")
[ $# -gt 0 ] || targets=(x86_64-unknown-linux-musl aarch64-unknown-linux-musl)
# Each with its profile (Cargo.toml): the exporter is built to be small in memory.
declare -A profiles=([gjallarhorn-exporter]=lean [gjallarhorn-router]=release)
zig=$GJALLARHORN_CACHE/zig-0.17.1

# cargo-zigbuild and zig, in a Python environment of their own (which cannot be moved, hence the mark).
tools() {
  [ ! -e "$zig/whole" ] || return 0
  python3 -m venv --clear "$zig" 2>/dev/null || fail "Python's venv is missing. Run: apt-get install -y python3-venv" 69
  "$zig/bin/pip" --quiet install ziglang==0.17.1 cargo-zigbuild==0.24.0 >&2
  touch "$zig/whole"
}

targets_of_rust() {
  command -v rustup >/dev/null || return 0 # a distribution's Rust brings its targets as packages
  rustup --quiet target add "$@" >&2
}

# Nothing in the tree asks for a C compiler, and the program is linked by Rust's own linker. (Macros and build scripts run
# on this machine and are linked by its `cc`, as in any Rust build.)
without_c() {
  say "== the exporter without TLS and without a C compiler"
  local linker=CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER
  env CC=/bin/false CXX=/bin/false AR=/bin/false "$linker=rust-lld" \
    cargo build --locked --quiet --target-dir target/without-c --target x86_64-unknown-linux-musl \
    -p gjallarhorn-exporter --no-default-features
  target/without-c/x86_64-unknown-linux-musl/debug/gjallarhorn-exporter --version >&2
}

build() { # TARGET
  local target=$1 program profile
  say "== $target"
  mkdir -p "dist/$target"
  for program in gjallarhorn-exporter gjallarhorn-router; do
    profile=${profiles[$program]}
    PATH=$zig/bin:$PATH cargo zigbuild --locked --quiet --profile "$profile" --target "$target" -p "$program"
    cp "target/$target/$profile/$program" "dist/$target/$program"
    is_static "dist/$target/$program"
    printf '%-30s %-22s %10d bytes\n' "$target" "$program" "$(stat -c %s "dist/$target/$program")"
  done
}

# No interpreter, no shared library: it runs on any kernel of its architecture.
is_static() { # FILE
  python3 - "$1" <<'PYTHON' || fail "$1 is not static"
import struct, sys
data = open(sys.argv[1], "rb").read()
start, = struct.unpack_from("<Q", data, 32)
size, count = struct.unpack_from("<HH", data, 54)
kinds = [struct.unpack_from("<I", data, start + size * n)[0] for n in range(count)]
sys.exit(3 in kinds)  # PT_INTERP
PYTHON
}

tools
targets_of_rust x86_64-unknown-linux-musl "${targets[@]}"
without_c
for target in "${targets[@]}"; do build "$target"; done
