#!/bin/bash
# record.sh SUITE [LINE...]: record what a real kernel says in each state into the fixtures of common/zfs.
#
# Every LINE (guest/recordings names them; all when none is given) is played on a fresh guest. The result is
# common/zfs/fixtures/VERSION/STATE, with VERSION as sys/module/zfs/version has it, up to the dash.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }
suite=$1
shift
lines=("$@")
if [ ${#lines[@]} -eq 0 ]; then
  mapfile -t lines < <("$here/guest/recordings")
  # 2.1 cannot grow a raidz
  if [ "$suite" = bookworm ]; then mapfile -t lines < <(printf '%s\n' "${lines[@]}" | grep -vx expansion); fi
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/rig.XXXXXX")
trap '"$here/rig.sh" stop "$dir"; rm -rf "$dir"' EXIT

for line in "${lines[@]}"; do
  "$here/rig.sh" start --suite "$suite" "$dir"
  "$here/rig.sh" exec --timeout 600 "$dir" -- /rig/recordings "$line"
  "$here/rig.sh" faults "$dir"
  "$here/rig.sh" stop "$dir"
  rm -rf "$dir/disks"
  for state in "$dir"/share/*/; do
    version=$(sed 's/-.*//' "$state/sys/module/zfs/version")
    target=$here/../../../common/zfs/fixtures/$version/$(basename "$state")
    rm -rf "$target"
    mkdir -p "$(dirname "$target")"
    mv "$state" "$target"
  done
done
