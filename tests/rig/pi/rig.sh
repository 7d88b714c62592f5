#!/bin/bash
# rig.sh: an emulated Raspberry Pi with Debian's kernel and a played firmware, booted once and sent many commands.
#
#   rig.sh start [OPTION...] DIR     boot it (what it needs is fetched when absent), with its state in DIR
#     --port HOST:GUEST  127.0.0.1:HOST here reaches port GUEST there (repeatable; the service there listens on 0.0.0.0)
#     --file HERE:THERE  a file of this machine at an absolute path there (repeatable)
#     --name NAME        what the board is called (odrerir)    --lifetime S (3600) it ends itself after
#   rig.sh exec DIR -- COMMAND...    run it there as root; output and exit status are its own
#   rig.sh stop DIR                  switch it off; DIR keeps console
#
# DIR/console is the kernel's, DIR/agent the port on which commands are taken. All of the board is in memory: nothing is left
# of it. Needs qemu-system-arm (any user).
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() { echo "rig.sh: $2" >&2; exit "$1"; }
usage() { sed -n '2,12s/^# \{0,1\}//p' "$here/rig.sh" >&2; exit 64; }
alive() { [ -s "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }

# What differs from boot to boot, as one more archive behind those in the cache: the kernel unpacks all of them.
archive() { # FILE...
  local tree=$dir/tree pair
  mkdir -p "$tree"
  cp -r "$here/guest" "$tree/rig"
  mv "$tree/rig/init" "$tree/init"
  for pair; do install -D -m "$(stat -c %a "${pair%%:*}")" "${pair%%:*}" "$tree${pair#*:}"; done
  { cat "$image"/{system,programs}.cpio; (cd "$tree" && find . | cpio --quiet -R 0:0 -o -H newc); } >"$dir/initrd"
  rm -rf "$tree"
}

launch() {
  local forwards
  forwards=$(printf '%s\n' "${ports[@]}" | sed -n 's/^\([0-9]*\):\([0-9]*\)$/,hostfwd=tcp:127.0.0.1:\1-:\2/p' | tr -d '\n')
  qemu-system-aarch64 -M raspi3b -accel "tcg,thread=multi" -no-reboot -display none -monitor none -daemonize -pidfile "$dir/pid" \
    -kernel "$image/vmlinuz" -dtb "$image/pi3.dtb" -initrd "$dir/initrd" \
    -netdev "user,id=n0,ipv6=off$forwards" -device usb-net,netdev=n0 -serial "file:$dir/console" -serial null \
    -append "console=ttyAMA0,115200 rdinit=/init loglevel=4 panic=1 rig.name=$name rig.now=$(date +%s) rig.lifetime=$lifetime"
}

# A port nobody listens on, below those that the kernel gives to connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

start() {
  local ports=() files=() name=odrerir lifetime=3600 dir image
  while [ $# -gt 1 ]; do
    case $1 in
      --port) ports+=("$2") ;; --file) files+=("$2") ;; --name) name=$2 ;; --lifetime) lifetime=$2 ;; *) usage ;;
    esac
    shift 2
  done
  [ $# -eq 1 ] || usage
  command -v qemu-system-aarch64 >/dev/null || fail 69 "qemu-system-aarch64 is missing; run: apt-get install -y --no-install-recommends qemu-system-arm"
  image=$("$here/build.sh")
  mkdir -p "$1"
  dir=$(cd "$1" && pwd)
  ! alive "$dir" || fail 75 "a board is already running in $dir"
  rm -f "$dir"/{pid,console,agent}
  archive "${files[@]}"
  free_port >"$dir/agent"
  ports+=("$(cat "$dir/agent"):80")
  launch
  await || { "$here/rig.sh" stop "$dir"; tail -n 20 "$dir/console" >&2; fail 125 "the board never got ready; the end of its console is above"; }
}

await() { # its agent takes commands
  local until=$((SECONDS + 300))
  until grep -qs '^rig: ready' "$dir/console"; do
    alive "$dir" || return 1
    [ $SECONDS -lt $until ] || return 1
    sleep 0.1
  done
}

run() { # DIR -- COMMAND...
  local dir=$1 script head line status=125
  [ "${2:-}" = -- ] || usage
  shift 2
  alive "$dir" || fail 125 "no board is running in $dir"
  printf -v script '%q ' "$@"
  exec 3<>"/dev/tcp/127.0.0.1/$(cat "$dir/agent")"
  printf 'POST /cgi-bin/run HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "${#script}" "$script" >&3
  while IFS= read -r line <&3 && head=${line%$'\r'} && [ -n "$head" ]; do
    case $head in X-Exit:*) status=${head#*: } ;; esac
  done
  cat <&3
  return "$status"
}

stop() {
  local dir=$1 pid
  if alive "$dir"; then
    pid=$(cat "$dir/pid")
    kill "$pid"
    timeout 10 tail --pid="$pid" -f /dev/null || kill -9 "$pid"
  fi
  rm -f "$dir"/{pid,agent,initrd}
}

verb=${1:-}
[ -z "$verb" ] || shift
case $verb in
  start) start "$@" ;;
  exec) [ $# -ge 3 ] || usage; run "$@" ;;
  stop) [ $# -eq 1 ] || usage; stop "$1" ;;
  *) usage ;;
esac
