#!/bin/bash
# within.sh FOLDER COMMAND...: run COMMAND where FOLDER/usr/share lies over /usr/share.
#
# Debian's Alertmanager wants its template there and Prometheus its pages, and neither has a flag for it. The mount is in a
# mount namespace of the command's own (root, or a user namespace); the machine's /usr/share is not changed. The command
# replaces this process, so signals and the process id are its own.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
folder=$1
shift
namespace=(--mount)
[ "$(id -u)" = 0 ] || namespace+=(--map-root-user)
# shellcheck disable=SC2016 # the inner shell's arguments
exec unshare "${namespace[@]}" --propagation private sh -c '
  mount -t overlay overlay -o "lowerdir=$0/usr/share:/usr/share" /usr/share && exec "$@"' "$folder" "$@"
