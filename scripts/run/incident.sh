# shellcheck shell=bash
# incident.sh: an incident at the exporter's source, from recorded states of one real pool. Sourced by run.sh.
#
# Everything after the exporter is the chain as it always is: it sees a machine whose pool changes.

swap() { # STATE: from now on this is what the machine looks like
  ln -sfn "${root:?}/common/zfs/fixtures/2.3.9/$1" "${state:?}/machine.new"
  mv -T "$state/machine.new" "$state/machine"
}

scene() { # SECONDS STATE WORDS: after so long
  sleep "$1" &
  wait $!
  swap "$2"
  say "$(date +%T)  $3"
}

play() {
  say "$(date +%T)  tank is healthy: raidz2 of six disks, a spare, log and cache"
  scene 15 disk-gone 'a disk is gone: the phone rings in 20 s (warning, can lose 1 more)'
  scene 35 spare-resilvering 'the spare is copying: the message is edited, nothing rings'
  scene 20 spare-resilvered 'the spare stands in'
  scene 20 healed 'the disk is back: the message turns to the good'
  say "$(date +%T)  done; look at the preview, Ctrl-C when you have seen enough"
}
