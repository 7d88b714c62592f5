#!/bin/bash
# arm64.sh: the tests of the pure crates as an arm64 machine runs them (a Raspberry Pi), under qemu's user emulation. They
# read bytes and make text, so what could differ is what they know of the processor: alignment, the sign of a char, floats.
# PROPTEST_CASES sets how many cases each property is tried with; unset, fewer than natively.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TERM_COLOR=never
target=aarch64-unknown-linux-gnu
scripts/setup.sh build arm64
if command -v rustup >/dev/null; then rustup --quiet target add $target >&2; fi
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER='qemu-aarch64-static -L /usr/aarch64-linux-gnu'
: "${PROPTEST_CASES:=12}"
export PROPTEST_CASES

tests() { # CARGO ARGUMENT...
  cargo test --locked --target $target "$@"
}

tests -p gjallarhorn-metrics --lib --test golden --test properties --test snapshot
tests -p gjallarhorn-engine --lib --test engine
tests -p gjallarhorn-zfs --lib parse::
