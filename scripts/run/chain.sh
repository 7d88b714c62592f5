# shellcheck shell=bash
# chain.sh: start the parts of the chain in the foreground and stop them all again. Sourced by run.sh and demo.sh.
#
# State, logs, the token and the filled-in configuration are under .state/run. A part is a child of this shell and ends with
# it, whatever ends it.
state=${root:?}/.state/run
declare -A part_of=()

free() { # NAME PORT
  if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
    fail "Port $2 ($1) is busy. See who has it: ss -ltnp 'sport = :$2'" 75
  fi
}

start() { # NAME COMMAND...
  local name=$1
  shift
  setsid setpriv --pdeathsig TERM "$@" >"$state/$name.log" 2>&1 &
  part_of[$!]=$name
}

http() { # PORT PATH: status and body
  local line
  exec 4<>"/dev/tcp/127.0.0.1/$1" || return
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&4
  read -r -t 5 line <&4 || return
  printf '%s\n' "$line"
  timeout 5 cat <&4
  exec 4>&-
}

ready() { # NAME PORT PATH
  local until=$((SECONDS + 60))
  until http "$2" "$3" 2>/dev/null | head -n1 | grep -q ' 200'; do
    alive "$1" || broken "$1"
    [ $SECONDS -lt $until ] || broken "$1"
    sleep 0.2
  done
}

alive() {
  local pid
  for pid in "${!part_of[@]}"; do
    if [ "${part_of[$pid]}" = "$1" ]; then kill -0 "$pid" 2>/dev/null; return; fi
  done
  return 1
}

broken() { # NAME: its last words, then the end
  say "" "$1 does not run. The end of $state/$1.log:"
  tail -n 15 "$state/$1.log" >&2
  exit 1
}

stop_all() {
  local pid
  trap - EXIT INT TERM
  for pid in "${!part_of[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${!part_of[@]}"; do wait "$pid" 2>/dev/null || true; done
}

# Until one of the parts ends, or somebody presses Ctrl-C.
hold_on() {
  local ended
  wait -n -p ended "${!part_of[@]}" || true
  broken "${part_of[${ended:-0}]:-something}"
}

fill() { # TEMPLATE TARGET NAME=VALUE...
  local target=$2 script=() pair
  for pair in "${@:3}"; do script+=(-e "s|@${pair%%=*}@|${pair#*=}|g"); done
  sed "${script[@]}" "$1" >"$target"
}
