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

answers() { http "$1" "$2" 2>/dev/null | head -n1 | grep -q ' 200'; } # PORT PATH

ready() { # NAME PORT PATH
  local until=$((SECONDS + 60))
  until answers "$2" "$3"; do
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

# The router's configuration: the preview, and what the environment asks for.
#   DISCORD_WEBHOOK_URL_FILE   a file with a webhook's address
#   MAIL_TO, MAIL_FROM, SMTP_HOST [SMTP_PORT, SMTP_TLS=starttls|tls|none, SMTP_USERNAME, SMTP_PASSWORD_FILE]
router_config() { # SETTLE
  local target=$state/router.yml
  fill scripts/run/router.yml "$target" STATE="$state" SETTLE="$1"
  if [ -n "${DISCORD_WEBHOOK_URL_FILE:-}" ]; then
    printf 'discord:\n  discord:\n    webhook_url_file: %s\n' "$(realpath "$DISCORD_WEBHOOK_URL_FILE")" >>"$target"
  fi
  [ -z "${MAIL_TO:-}" ] || mail_config >>"$target"
}

mail_config() {
  : "${SMTP_HOST:?set SMTP_HOST, the mail server, beside MAIL_TO}" "${MAIL_FROM:=gjallarhorn@localhost}"
  printf 'mail:\n  from: %s\n  to:\n    mail: %s\n  server:\n    host: %s\n    tls: %s\n' \
    "$MAIL_FROM" "$MAIL_TO" "$SMTP_HOST" "${SMTP_TLS:-starttls}"
  [ -z "${SMTP_PORT:-}" ] || printf '    port: %s\n' "$SMTP_PORT"
  [ -z "${SMTP_USERNAME:-}" ] || printf '    username: %s\n    password_file: %s\n' "$SMTP_USERNAME" "$(realpath "$SMTP_PASSWORD_FILE")"
}

# The receiver, routes and inhibitions are the ones we ship; only its own files and, for a play, its timing differ.
# Its repeats are how a changed annotation (a spare that copies) reaches the router.
alertmanager_config() { # WAIT INTERVAL REPEAT
  sed -e "s|/etc/alertmanager/gjallarhorn-token|$state/token|" \
    -e "s|group_wait: 10s|group_wait: $1|; s|^  group_interval: 1m|  group_interval: $2|" \
    -e "s|^  repeat_interval: 4h|  repeat_interval: $3|" \
    deploy/alertmanager/alertmanager.yml >"$state/alertmanager.yml"
}

# Everything after the exporter. HOST is what the exporter's machine is called.
# Prometheus sends an open alert again every RESEND; until then a changed annotation is not seen.
chain() { # HOST INTERVAL WAIT GROUP_INTERVAL REPEAT SETTLE RESEND
  router_config "$6"
  alertmanager_config "$3" "$4" "$5"
  fill scripts/run/prometheus.yml "$state/prometheus.yml" ROOT="$root" INTERVAL="$2" HOST="$1" HERE="$(hostname)"
  start router target/debug/gjallarhorn-router serve --config "$state/router.yml"
  ready router 19193 /-/ready
  start alertmanager tests/rig/peers/peer.sh alertmanager --config.file="$state/alertmanager.yml" \
    --storage.path="$state/alertmanager" --web.listen-address=127.0.0.1:19093 --cluster.listen-address=
  ready alertmanager 19093 /-/ready
  start prometheus tests/rig/peers/peer.sh prometheus --config.file="$state/prometheus.yml" \
    --storage.tsdb.path="$state/prometheus" --web.listen-address=127.0.0.1:19090 \
    --rules.alert.resend-delay="$7"
  ready prometheus 19090 /-/ready
}

# Checks what must hold before anything is started, and lays out the folder.
prepare() { # FRESH: whether what earlier runs remember is dropped
  free exporter 19134
  free Prometheus 19090
  free Alertmanager 19093
  free router 19193
  [ "$1" = no ] || rm -rf "$state"
  mkdir -p "$state"/{exporter,router,alertmanager,prometheus}
  [ -s "$state/token" ] || (umask 077; head -c 24 /dev/urandom | base64 >"$state/token")
  trap stop_all EXIT
  trap 'say "" "Stopping."; exit 0' INT TERM
}

greet() { # WHAT WAS FOUND
  say "" "$1" "" \
    "  preview: what the phone shows   http://127.0.0.1:19193/preview" \
    "  metrics of the exporter         http://127.0.0.1:19134/metrics" \
    "  Prometheus                      http://127.0.0.1:19090" \
    "  Alertmanager                    http://127.0.0.1:19093" \
    "  logs and configuration          .state/run" "" \
    "Ctrl-C stops everything." ""
}
