#!/bin/bash
# run.sh [OPTION...] -- COMMAND...: boot a guest, run one command in it, switch it off.
#
# Options are those of `rig.sh start`, and --share PATH: a folder of this machine seen as /mnt/share,
# the working folder of COMMAND. Output and exit status are COMMAND's; 124: it ran longer than
# RIG_TIMEOUT seconds (900).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
options=() share=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  case $1 in
    --share) share=$2 ;;
    --*) options+=("$1" "$2") ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
  esac
  shift 2
done
shift
[ $# -gt 0 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/rig.XXXXXX")
trap '"$here/rig.sh" stop "$dir"; rm -rf "$dir"' EXIT
[ -z "$share" ] || ln -s "$(cd "$share" && pwd)" "$dir/share"
"$here/rig.sh" start "${options[@]}" "$dir"
"$here/rig.sh" exec --timeout "${RIG_TIMEOUT:-900}" "$dir" -- "$@"
