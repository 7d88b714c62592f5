#!/bin/bash
# demo.sh: the chain of `make run`, with the exporter in a virtual machine that has a real pool: a disk is pulled out of it,
# a spare comes in by itself, the disk is put back. The image is built when absent (five minutes).
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/run/chain.sh
. scripts/run/chain.sh
guest=$root/.state/demo

rig() { tests/rig/zfs/rig.sh "$@"; }
scenario() { rig exec "$guest" -- /rig/scenario "$@"; }
tell() { say "$(date +%T)  $1"; }
pause() { sleep "$1" & wait $!; }

machine() {
  rig start --suite "${SUITE:-trixie}" --port 19134:19134 "$guest"
  scenario tank
  rig put "$guest" target/debug/gjallarhorn-exporter /usr/local/bin/gjallarhorn-exporter
  rig spawn "$guest" -- gjallarhorn-exporter serve --web.listen-address 0.0.0.0:19134 --state-dir /run/gjallarhorn >/dev/null
  local until=$((SECONDS + 60))
  until answers 19134 /-/ready; do
    [ $SECONDS -lt $until ] || fail "The exporter in the guest does not answer; see $guest/console"
    sleep 0.5
  done
}

play() {
  tell "tank is healthy: raidz2 of six disks, a spare, log and cache"
  pause 15
  scenario pull 3
  tell "disk 3 was pulled out: the phone rings"
  pause 45
  scenario push 3
  scenario home 3 8
  tell "the disk is back and resilvered: the message turns to the good"
  pause 30
  tell "done; look at the preview, Ctrl-C when you have seen enough"
}

scripts/setup.sh build peers guest
cargo build --locked --quiet -p gjallarhorn-exporter -p gjallarhorn-router
prepare yes
trap 'rig stop "$guest"; stop_all' EXIT
rm -rf "$guest"
machine
chain odin 5s 1s 10s 10s 0s 5s
greet "A real pool: tank on odin, a virtual machine with OpenZFS."
play
hold_on
