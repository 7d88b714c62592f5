#!/bin/bash
# lint.sh: formatting, clippy and shellcheck over everything; any finding fails.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
scripts/setup.sh build lint
cargo fmt --all --check
cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
mapfile -t shells < <(git ls-files | while read -r file; do
  if [ -f "$file" ] && head -n1 "$file" | grep -qE '^#!.*(bash|sh)$|^# shellcheck shell='; then echo "$file"; fi
done)
shellcheck -x -P "$root" "${shells[@]}"
echo "lint: formatting, clippy and ${#shells[@]} shell scripts are clean"
