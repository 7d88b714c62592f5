#!/bin/bash
# newest.sh PROGRAM: build the newest release of a peer through the Go module proxy into the cache, and print its path.
#
# PROGRAM: prometheus, promtool (3.16.0), alertmanager, amtool (0.34.2), node_exporter (1.12.1). Minutes when cold, so only
# `make prove` uses them. Needs Go 1.26. Nothing outside ${GJALLARHORN_CACHE:-~/.cache/gjallarhorn}/newest is written.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }
cache=${GJALLARHORN_CACHE:-$HOME/.cache/gjallarhorn}/newest
mkdir -p "$cache/bin" "$cache/src"
export GOPATH=$cache/gopath GOCACHE=$cache/gocache GOBIN=$cache/bin CGO_ENABLED=0 GOFLAGS="-modcacherw -buildvcs=false"
version() { echo "-s -w -X github.com/prometheus/common/version.Version=$1"; }

install_go() { # VERSION PACKAGE@VERSION FLAG...
  go install -trimpath -ldflags "$(version "$1")" "${@:3}" "$2"
}

# Alertmanager's own page is not in its module: a stand-in lets it compile.
build_alertmanager() {
  local module=github.com/prometheus/alertmanager@v0.34.2 source=$cache/src/alertmanager
  mkdir -p "$cache/src/get"
  cd "$cache/src/get"
  [ -f go.mod ] || go mod init get
  go mod download "$module"
  rm -rf "$source"
  cp -r "$GOPATH/pkg/mod/$module" "$source"
  chmod -R u+w "$source"
  cd "$source"
  mkdir -p ui/app/dist
  echo '<h1>no page</h1>' | gzip >ui/app/dist/index.html.gz
  go build -trimpath -ldflags "$(version 0.34.2)" -o "$GOBIN/" ./cmd/alertmanager ./cmd/amtool
}

build() {
  case $1 in
    # static, file and HTTP discovery only: the full set takes ten minutes more
    prometheus | promtool) install_go 3.16.0 "github.com/prometheus/prometheus/cmd/$1@v0.316.0" -tags remove_all_sd ;;
    alertmanager | amtool) build_alertmanager ;;
    node_exporter) install_go 1.12.1 github.com/prometheus/node_exporter@v1.12.1 ;;
    *) echo "newest.sh: no recipe for $1" >&2; exit 64 ;;
  esac
}

exec 9>"$cache/.lock"
flock 9
[ -x "$GOBIN/$1" ] || {
  command -v go >/dev/null || { echo "newest.sh: Go 1.26 is missing (https://go.dev/dl)" >&2; exit 69; }
  (build "$1") >&2
}
echo "$GOBIN/$1"
