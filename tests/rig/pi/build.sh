#!/bin/bash
# build.sh: fetch what the emulated Pi is booted from, into the cache.
#
# Prints the folder: ${GJALLARHORN_CACHE:-~/.cache/gjallarhorn}/pi-trixie with vmlinuz and pi3.dtb (Debian's arm64 kernel),
# system.cpio (busybox and the kernel modules that are needed), programs.cpio (the played firmware and its client) and
# manifest. Packages are unpacked, never installed; apt works with lists and sources of its own in the cache, so this machine's
# stay as they are. What is there already is kept: the system as long as this script stays the same, the programs as long as
# their sources do.
#
# Packages: cpio debian-archive-keyring xz-utils, and Rust's target aarch64-unknown-linux-musl. GJALLARHORN_MIRROR overrides
# the mirror of this machine's apt.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$HOME/.cargo/bin LC_ALL=C
target=aarch64-unknown-linux-musl

# Each after those that it needs: the network on the USB port, character devices in user space, swap in memory, the sensors.
modules=(usb-common usbcore udc-core phy-generic dwc2 mii usbnet cdc_ether cuse lz4_compress lz4hc_compress zram
  bcm2835_wdt bcm2835_thermal cpufreq-dt raspberrypi-cpufreq)

fail() { echo "build.sh: $2" >&2; exit "$1"; }
say() { printf '%s build.sh: %s\n' "$(date +%T)" "$*" >&2; }

mirror() {
  local from=${GJALLARHORN_MIRROR:-}
  # shellcheck disable=SC2016 # apt's placeholders, not the shell's
  [ -n "$from" ] || from=$(apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian|main|//p' | grep -v security | head -n1 || true)
  echo "${from:-http://deb.debian.org/debian}"
}

# An apt of our own for arm64, which keeps nothing on this machine.
apt() { # COMMAND...
  apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root -o Acquire::Languages=none \
    -o Dir::State="$work/apt" -o Dir::State::status=/dev/null -o Dir::Cache="$work/apt" \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null "$@" >&2
}

packages() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg kernel package
  mkdir -p "$work"/{apt/lists/partial,apt/archives/partial,root}
  echo "deb [arch=arm64 signed-by=$keyring] $(mirror) trixie main" >"$work/sources.list"
  cd "$work"
  apt update
  apt download linux-image-arm64 busybox-static
  kernel=$(dpkg-deb -f linux-image-arm64_*.deb Depends | grep -o 'linux-image-[^ ,]*')
  apt download "$kernel"
  for package in busybox-static_*.deb "$kernel"_*.deb; do dpkg-deb -x "$package" root; done
  echo "kernel=${kernel#linux-image-}" >"$work/manifest"
}

system() {
  local name file n=0
  mkdir -p "$work"/system/{bin,mods,proc,sys,dev,etc}
  cp "$work/root/usr/bin/busybox" "$work/system/bin/"
  for name in "${modules[@]}"; do
    file=$(find "$work/root/usr/lib/modules" -name "$name.ko.xz" -print -quit)
    [ -n "$file" ] || fail 70 "Debian's kernel has no module $name any more"
    n=$((n + 1))
    xz -dc "$file" >"$work/system/mods/$(printf '%02d' $n)-$name.ko"
  done
  (cd "$work/system" && find . | cpio --quiet -o -H newc) >"$work/system.cpio"
}

keep_system() {
  cp "$work"/root/boot/vmlinuz-* "$dir/vmlinuz"
  cp "$work"/root/usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb "$dir/pi3.dtb"
  mv "$work/system.cpio" "$work/manifest" "$dir/"
  recipe_of_system >"$dir/system.recipe"
}

# Built beside the cache and not in the checkout's target: a start of the board waits for nobody else's build.
programs() {
  env CARGO_TARGET_DIR="$dir/target" CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld \
    cargo build --locked --quiet --target "$target" --manifest-path "$here/firmware/Cargo.toml" >&2 ||
    fail 70 "the played firmware did not build; is Rust's target there? rustup target add $target"
  mkdir -p "$work/programs/bin"
  install -t "$work/programs/bin" "$dir/target/$target"/debug/{firmware,ask}
  (cd "$work/programs" && find . | cpio --quiet -R 0:0 -o -H newc) >"$work/programs.cpio"
  mv "$work/programs.cpio" "$dir/"
  recipe_of_programs >"$dir/programs.recipe"
}

recipe_of_system() { sha256sum <"$here/build.sh"; }
recipe_of_programs() { find "$here/firmware" -type f -print0 | sort -z | xargs -0 cat | sha256sum; }

needs_tools() {
  local tool
  for tool in apt-get cpio xz /usr/share/keyrings/debian-archive-keyring.gpg; do
    command -v "$tool" >/dev/null || [ -e "$tool" ] ||
      fail 69 "$tool is missing; run: apt-get install -y --no-install-recommends cpio xz-utils debian-archive-keyring"
  done
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${GJALLARHORN_CACHE:-$HOME/.cache/gjallarhorn}/pi-trixie
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
work=$(mktemp -d "$dir/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ "$(recipe_of_system)" != "$(cat "$dir/system.recipe" 2>/dev/null)" ]; then
  needs_tools
  (packages)
  system
  keep_system
  say "kernel and system after $SECONDS s: $(cat "$dir/manifest")"
fi
if [ "$(recipe_of_programs)" != "$(cat "$dir/programs.recipe" 2>/dev/null)" ]; then
  programs
  say "programs after $SECONDS s"
fi
echo "$dir"
