#!/bin/bash
# bench.sh: the pure crates by criterion, then the shipped programs beside real peers; results land in benches/results.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
scripts/setup.sh build peers guest package
cargo bench --locked --workspace
scripts/static-build.sh x86_64-unknown-linux-musl
for bench in benches/*.py; do
  say "== $bench"
  python3 "$bench"
done
