#!/bin/bash
# peer.sh PROGRAM ARG...: run a real peer as Debian built it, unpacked into the cache when it is not there yet.
#
# PROGRAM: prometheus, promtool, alertmanager, amtool, node_exporter. With GJALLARHORN_PEERS=newest the newest releases that
# newest.sh built are run instead. The program replaces this process. Give absolute paths: the two daemons of Debian run in a
# folder of their own.
set -euo pipefail
# serve ROOT PROGRAM ARG...: where the program looks for its pages (debian.sh says why)
serve() { cd "$1/usr/share/prometheus" && exec "$1/usr/bin/$2" "${@:3}"; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }
program=$1
shift
if [ "${GJALLARHORN_PEERS:-debian}" = newest ]; then
  exec "$("$here/newest.sh" "$program")" "$@"
fi
case $program in
  prometheus) serve "$("$here/debian.sh" prometheus)" prometheus "$@" ;;
  promtool) root=$("$here/debian.sh" prometheus); exec "$root/usr/bin/promtool" "$@" ;;
  alertmanager) serve "$("$here/debian.sh" prometheus-alertmanager)" prometheus-alertmanager "$@" ;;
  amtool) root=$("$here/debian.sh" prometheus-alertmanager); exec "$root/usr/bin/amtool" "$@" ;;
  node_exporter) root=$("$here/debian.sh" prometheus-node-exporter); exec "$root/usr/bin/prometheus-node-exporter" "$@" ;;
  *) echo "peer.sh: no recipe for $program" >&2; exit 64 ;;
esac
