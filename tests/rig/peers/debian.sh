#!/bin/bash
# debian.sh PACKAGE: unpack this distribution's PACKAGE into the cache, and print the folder.
#
# No service is installed or started; nothing outside ${GJALLARHORN_CACHE:-~/.cache/gjallarhorn}/peers is changed.
# Packages: prometheus (with promtool), prometheus-alertmanager (with amtool), prometheus-node-exporter, postfix.
# A newer version in the archive is taken when the folder is removed.
# Needs apt's lists (apt-get update), no root.
set -euo pipefail
fail() { echo "debian.sh: $2" >&2; exit "$1"; }

# Alertmanager wants its template and Prometheus its pages in /usr/share/prometheus, and neither has a flag for it. The path
# is overwritten in the copy by one of the same length that starts at the working folder, which peer.sh sets.
unbind() { # ROOT
  find "$1/usr/bin" -name 'prometheus*' -type f -exec \
    sed -i 's|/usr/share/prometheus|/proc/self/cwd///////|g' {} +
}

[ $# -eq 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 64; }
package=$1
cache=${GJALLARHORN_CACHE:-$HOME/.cache/gjallarhorn}/peers
target=$cache/$package
mkdir -p "$cache"
exec 9>"$cache/.$package.lock"
flock 9
if [ ! -d "$target" ]; then
  work=$(mktemp -d "$cache/.$package.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  wanted=("$package")
  # with the libraries (postfix) and the scripts of its pages (Prometheus) that this machine lacks
  mapfile -t -O 1 wanted < <(apt-get install --simulate --no-install-recommends "$package" 2>/dev/null |
    sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p')
  mkdir "$work/root"
  (cd "$work" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "${wanted[@]}" >&2) ||
    fail 69 "cannot download $package; run: apt-get update"
  for deb in "$work"/*.deb; do dpkg-deb --extract "$deb" "$work/root"; done
  chmod 755 "$work/root"
  unbind "$work/root"
  mv "$work/root" "$target"
fi
echo "$target"
