# shellcheck shell=bash
# lib.sh: what every script here shares. Sourced, not run.
set -euo pipefail
export PATH=$PATH:$HOME/.cargo/bin:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
: "${GJALLARHORN_CACHE:=$HOME/.cache/gjallarhorn}"
export GJALLARHORN_CACHE

say() { printf '%s\n' "$@" >&2; }
fail() { say "$1"; exit "${2:-1}"; }
