#!/bin/bash
# build.sh [SUITE]: build dqnode (node/) into the cache, and print its path.
#
#   host    with this distribution's go-dqlite and libdqlite (Debian 12: 1.11.5 and 1.11.1); what is meant without SUITE
#   trixie  with Debian 13's (2.0.0 and 1.18.1), in a root of its own that is thrown away afterwards; needs root and mmdebstrap
#
# Built anew when its sources change. Nothing outside ${GJALLARHORN_CACHE:-~/.cache/gjallarhorn}/dqlite-SUITE is changed.
# Packages: libdqlite-dev golang-github-canonical-go-dqlite-dev gcc libc6-dev pkg-config, and golang-go or another Go.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
packages=(libdqlite-dev golang-github-canonical-go-dqlite-dev gcc libc6-dev pkg-config)
fail() { echo "build.sh: $2" >&2; exit "$1"; }

# Debian's Go packages are folders of a GOPATH, without a module's file.
export GO111MODULE=off GOTELEMETRY=off GOTOOLCHAIN=local GOFLAGS='' CGO_LDFLAGS_ALLOW=-Wl,-z,now

on_host() {
  local there=/usr/share/gocode/src/github.com/canonical/go-dqlite
  if ! command -v go >/dev/null || [ ! -d "$there" ] || [ ! -e /usr/include/dqlite.h ]; then
    fail 69 "go-dqlite is missing; run: apt-get install -y --no-install-recommends ${packages[*]} golang-go"
  fi
  (cd "$here/node" && GOPATH=/usr/share/gocode GOCACHE=$work/gocache go build -tags libsqlite3 -o "$dir/new" .)
}

# Debian 13 installs version 2 of go-dqlite without the /v2 that its imports say.
in_trixie() {
  local root=$work/root lib=$dir/lib linker
  command -v mmdebstrap >/dev/null || fail 69 "mmdebstrap is missing; run: apt-get install -y mmdebstrap debian-archive-keyring"
  [ "$(id -u)" = 0 ] || fail 77 "the root is made as root; run: sudo $0 trixie"
  mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${packages[*]},golang-go")" trixie "$root" >&2
  mkdir -p "$root/gopath/src/github.com/canonical/go-dqlite" "$root/node"
  ln -sfn /usr/share/gocode/src/github.com/canonical/go-dqlite "$root/gopath/src/github.com/canonical/go-dqlite/v2"
  for file in "$here"/node/*.go; do
    sed 's#github.com/canonical/go-dqlite/#github.com/canonical/go-dqlite/v2/#' "$file" >"$root/node/${file##*/}"
  done
  linker=$(basename "$(readlink -f "$root/lib64/ld-linux-x86-64.so.2")")
  # the old kind of rpath is also good for what the libraries need; Go finds itself through /proc, which nobody else need see there
  # shellcheck disable=SC2016 # the inner shell's own words
  unshare --mount --propagation private sh -c 'mount --bind /proc "$1/proc" && exec chroot "$1" sh -ec "$2"' sh "$root" \
    "export HOME=/root GOPATH=/gopath:/usr/share/gocode; cd /node; go build -tags libsqlite3 -o /dqnode \
      -ldflags '-extldflags \"-Wl,--disable-new-dtags,-rpath,$lib -Wl,--dynamic-linker,$lib/$linker\"' ."
  rm -rf "$lib"
  mkdir -p "$lib"
  cp -L "$root/lib64/ld-linux-x86-64.so.2" "$lib/$linker"
  chroot "$root" ldd /dqnode | sed -n 's/.* => \(.*\) (.*/\1/p' | while read -r file; do cp -L "$root$file" "$lib/"; done
  cp "$root/dqnode" "$dir/new"
}

recipe() { cat "$here/build.sh" "$here"/node/*.go | sha256sum; }

suite=${1:-host}
case $suite in host | trixie) ;; *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64 ;; esac
dir=${GJALLARHORN_CACHE:-$HOME/.cache/gjallarhorn}/dqlite-$suite
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
if [ ! -x "$dir/dqnode" ] || [ "$(recipe)" != "$(cat "$dir/recipe" 2>/dev/null)" ]; then
  work=$(mktemp -d "$dir/.work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  if [ "$suite" = trixie ]; then in_trixie; else on_host; fi >&2
  mv "$dir/new" "$dir/dqnode"
  recipe >"$dir/recipe"
fi
echo "$dir/dqnode"
