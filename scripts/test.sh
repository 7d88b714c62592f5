#!/bin/bash
# test.sh: everything CI runs, in the order of what fails fastest. A step that fails does not keep the later ones from being
# seen. The last line counts: checks of the steps and tests of the test binaries.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TERM_COLOR=never
# Who reads only the end of a long log wants to know what failed, not through which frames.
export RUST_BACKTRACE=0
scripts/setup.sh build peers guest pi dqlite lint
mkdir -p .state/test
passed=0 failed=0 times=()

# Runs a step, shows its output, and counts: the tests in it when it ran any, else the step itself.
step() { # NAME COMMAND...
  local name=$1 log=.state/test/$1.log from=$SECONDS status=0 good bad
  shift
  say "== $name: $*"
  "$@" 2>&1 | tee "$log" || status=$?
  good=$(sum passed "$log")
  bad=$(sum failed "$log")
  if [ $((good + bad)) -eq 0 ]; then good=$((status == 0)); fi
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  times+=("$(printf '%5d s  %s, %d passed, %d failed' $((SECONDS - from)) "$name" "$good" "$bad")")
}

sum() { # passed|failed LOG: over the closing lines of cargo's test binaries
  sed -n "s/^test result: .* \([0-9]*\) $1;.*/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# A step's function is read in a condition, where `set -e` sleeps: hence the &&.
rules() {
  tests/rig/peers/peer.sh promtool check rules rules/essential/*.yaml rules/optional/*.yaml &&
    tests/rig/peers/peer.sh promtool test rules rules/tests/*.yaml &&
    deploy/alertmanager/test.sh
}

peers() {
  local package
  for package in prometheus prometheus-alertmanager prometheus-node-exporter postfix; do
    tests/rig/peers/debian.sh "$package" || return
  done
}

step lint scripts/lint.sh
step peers peers
step rules rules
step build cargo build --locked --workspace
step image tests/rig/zfs/build.sh trixie
step board tests/rig/pi/build.sh
step cluster tests/rig/dqlite/build.sh
step tests cargo test --locked --workspace --exclude gjallarhorn-suite --no-fail-fast
step arm64 scripts/arm64.sh
step fuzz scripts/fuzz.sh 10
# One test at a time: each drives a whole chain of programs, the scenes of `guest` an emulated machine as well.
step suite cargo test --locked -p gjallarhorn-suite --no-fail-fast -- --test-threads=1

say "" "Time per step:"
printf '%s\n' "${times[@]}" >&2
say ""
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
