#!/bin/bash
# run.sh: the real chain in the foreground: exporter, Prometheus, Alertmanager, router. Nothing is installed or started as a
# service; state is under .state/run. Ctrl-C stops everything.
#
# INCIDENT=1 plays recorded states of a real pool under the exporter, with short timings: a disk goes, a spare copies, all
# is well again; two minutes. What scripts/run/chain.sh says about Discord and mail makes it send for real.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/run/chain.sh
. scripts/run/chain.sh
# shellcheck source=scripts/run/incident.sh
. scripts/run/incident.sh

exporter() { # ROOT: the machine it reads
  start exporter target/debug/gjallarhorn-exporter serve --web.listen-address 127.0.0.1:19134 \
    --state-dir "$state/exporter" --root "$1"
  ready exporter 19134 /-/ready
}

# What the roles found, in one line. A machine without pools may well be a Pi.
found() {
  target/debug/gjallarhorn-exporter discover --state-dir "$state/exporter" --root "$1" |
    sed '/: nothing on this machine$/d' | paste -sd ';' | sed 's/;/ · /g; s/^$/Nothing to watch on this machine./'
}

scripts/setup.sh build peers
cargo build --locked --quiet -p gjallarhorn-exporter -p gjallarhorn-router
if [ -n "${INCIDENT:-}" ]; then
  prepare yes
  swap healthy
  exporter "$state/machine"
  chain odin 2s 1s 5s 10s 0s 2s
  greet "Playing an incident on recorded states of a real pool: tank on odin."
  play
else
  prepare no
  exporter /
  chain "$(hostname)" 15s 10s 1m 4h 10s 1m
  greet "$(found /)"
fi
hold_on
