#!/bin/bash
# fuzz.sh [SECONDS [TARGET...]]: feeds every parser of hostile bytes with what libFuzzer invents, each for SECONDS (10). Stable Rust
# does: the compiler only has to count edges. Seeds are the recordings in the tree and fuzz/seeds; what was found before is kept in the cache
# and used again. An input that breaks a parser is kept in .state/fuzz/TARGET, and fails this script.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
scripts/setup.sh build fuzz
export CARGO_TERM_COLOR=never
seconds=${1:-10}
shift || true

# Where the seeds of a target are.
seeds() { # TARGET
  case $1 in
    webhook) ls alert-router/engine/fixtures/webhooks/*.json ;;
    pool_stats) ls common/zfs/fixtures/*/*/dev/zfs/*.pool_stats ;;
    kstat) ls common/zfs/fixtures/*/healthy/proc/spl/kstat/zfs/*/{state,txgs} ;;
    *) ls "fuzz/seeds/$1"/* ;;
  esac
}

# Counts of edges and comparisons, checks of overflow, quick enough to try many inputs.
compile() {
  local host count
  host=$(rustc -vV | sed -n 's/^host: //p')
  programs=target/fuzz/$host/fuzz
  count='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters'
  count+=' -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares'
  RUSTFLAGS="$count --cfg fuzzing -Ccodegen-units=16" cargo build --locked --target-dir target/fuzz \
    --target "$host" --profile fuzz -p gjallarhorn-fuzz --features libfuzzer
}

fuzz() { # TARGET
  local corpus=$GJALLARHORN_CACHE/fuzz/$1 kept=.state/fuzz/$1 start=.state/fuzz/$1.seeds file count=0 log=.state/fuzz/$1.log
  rm -rf "$start"
  mkdir -p "$corpus" "$kept" "$start"
  while read -r file; do cp "$file" "$start/$((count += 1))"; done < <(seeds "$1")
  if "$programs/$1" "$corpus" "$start" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 \
    -artifact_prefix="$kept/" -print_final_stats=1 >"$log" 2>&1; then
    say "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, nothing broke"
  else
    tail -40 "$log" >&2
    fail "$1: an input broke it; it is kept in $kept"
  fi
}

compile
if [ $# -eq 0 ]; then
  for file in fuzz/targets/*.rs; do set -- "$@" "$(basename "$file" .rs)"; done
fi
for target; do fuzz "$target"; done
echo "$# fuzz targets, ${seconds} s each"
