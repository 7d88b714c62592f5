#!/bin/bash
# prove.sh: the long form of `make test`: the newest Prometheus and Alertmanager, every state on both OpenZFS lines recorded
# anew and read, more cases for each property. A dated result with the commit is written to benches/results.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TERM_COLOR=never
scripts/setup.sh build peers guest dqlite lint
result=benches/results/prove-$(date -u +%Y-%m-%d).md
failed=0
fuzz=${FUZZ_SECONDS:-600}

newest_peers() {
  local program
  for program in prometheus promtool alertmanager amtool; do tests/rig/peers/newest.sh "$program" || return; done
}

# Scenes that drive whole chains of programs, one at a time, on the peers that the environment asks for.
scenes() { # NAME=VALUE [FILTER]
  env "$1" cargo test --locked -p gjallarhorn-suite --no-fail-fast -- --test-threads=1 ${2:+"$2"}
}

properties() {
  PROPTEST_CASES=20000 cargo test --locked --workspace --exclude gjallarhorn-suite --no-fail-fast
}

# The states of SUITE recorded anew: each is read whole, no source of it malformed or of an unknown layout. The recordings in
# the tree, which the golden pages belong to, are put back.
states() { # SUITE
  git diff --quiet -- common/zfs/fixtures || { say "common/zfs/fixtures has changes that are not committed"; return 1; }
  local status=0 state page
  tests/rig/zfs/record.sh "$1" || status=1
  for state in common/zfs/fixtures/*/*/; do
    page=$(cargo run --locked --quiet -p gjallarhorn-exporter -- once --root "$state" --state-dir "$(mktemp -d)") || status=1
    if grep -E '^gjallarhorn_(source_errors_total.*reason="malformed"|unknown_layout).* [1-9]' <<<"$page"; then
      say "$state is not read whole"
      status=1
    fi
  done
  git checkout -q -- common/zfs/fixtures
  return $status
}

# Every state of a real dqlite cluster, each node stopped in each; the tables go into benches/results/quorum.md.
clusters() { # SUITE
  tests/rig/dqlite/build.sh "$1" &&
    GJALLARHORN_DQLITE=$1 GJALLARHORN_QUORUM=all GJALLARHORN_QUORUM_RESULTS=$root/benches/results/quorum.md \
      cargo test --locked -p gjallarhorn-suite --test main quorum:: -- --nocapture --test-threads=1
}

step() { # NAME COMMAND...
  local from=$SECONDS word=passed
  say "== $1"
  "${@:2}" >&2 || { word=FAILED; failed=$((failed + 1)); }
  printf '| %s | %s | %d s |\n' "$1" "$word" $((SECONDS - from)) >>"$result"
}

printf '# The long proof, %s\n\ncommit %s, %s, %s\n\n| what | result | took |\n|---|---|---|\n' \
  "$(date -u +%Y-%m-%dT%H:%MZ)" "$(git rev-parse --short HEAD)" "$(uname -sr)" "$(nproc) cores" >"$result"
step 'newest peers built' newest_peers
step 'every scene, newest Prometheus and Alertmanager' scenes GJALLARHORN_PEERS=newest
step 'the pools on OpenZFS 2.1' scenes GJALLARHORN_GUEST=bookworm guest::
step 'properties, 20,000 cases each' properties
step "fuzz, $fuzz s each" scripts/fuzz.sh "$fuzz"
step 'states of OpenZFS 2.3 recorded anew' states trixie
step 'states of OpenZFS 2.1 recorded anew' states bookworm
step "every state of a cluster, this machine's dqlite" clusters host
step "every state of a cluster, Debian 13's dqlite" clusters trixie
cat "$result"
[ "$failed" -eq 0 ]
