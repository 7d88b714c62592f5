#!/bin/bash
# rig.sh: a real machine with a real OpenZFS, booted once and sent many commands.
#
#   rig.sh start [OPTION...] DIR     boot the image (built when absent) with its state in DIR
#     --suite S         trixie or bookworm (default: $GJALLARHORN_GUEST, else trixie)
#     --port HOST:GUEST 127.0.0.1:HOST here reaches port GUEST there (repeatable; the service there
#                       listens on 0.0.0.0). The other way, 10.0.2.2 there is 127.0.0.1 here.
#     --disks N         SCSI disks (default 12), wwn-0x5000c500a00000NN, of --disk-size S (1G, sparse);
#                       the last one has 4 KiB sectors inside
#     --mem MB (1024)   --smp N (2)   --accel kvm|tcg|count|auto   --lifetime S (3600) it ends itself after;
#                       count: its clock runs by instructions, 2 ns each, whatever else this machine does
#   rig.sh exec [--timeout S] DIR -- COMMAND...   run it there as root; output and exit status are its own
#   rig.sh spawn DIR -- COMMAND...                the same without waiting; prints a JOB
#   rig.sh wait [--timeout S] DIR JOB             output and exit status of a JOB (default 120 s, then 124)
#   rig.sh put DIR FILE PATH                      copy a file into the guest, executable bit included
#   rig.sh faults DIR                             kernel faults seen so far; exit status 1 if there are any
#   rig.sh stop DIR                               switch it off; DIR keeps console and share/
#
# DIR/share is /mnt/share there and the working folder of commands. DIR/console is the kernel's.
# Disks live in DIR/disks and survive a stop: start again with the same DIR and the pools are there.
# The image itself is never written to. Needs qemu-system-x86 (any user).
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() { echo "rig.sh: $2" >&2; exit "$1"; }
usage() { sed -n '2,23s/^# \{0,1\}//p' "$here/rig.sh" >&2; exit 64; }
alive() { [ -s "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }

# KVM only where the processor's own virtualisation is behind it: other back ends take a stock guest
# kernel and then emulate it one instruction at a time, far slower than qemu's translator.
accelerator() {
  if [ -w /dev/kvm ] && { [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; }; then echo kvm; else echo tcg; fi
}

disk_options() { # one -drive and -device pair per disk into qemu_disks
  local i file sectors
  qemu_disks=()
  [ "$disks" -gt 0 ] || return 0
  qemu_disks=(-device "virtio-scsi-pci,id=scsi")
  mkdir -p "$dir/disks"
  for ((i = 0; i < disks; i++)); do
    file=$dir/disks/$i sectors=
    [ -e "$file" ] || truncate -s "$size" "$file"
    [ $i -lt $((disks - 1)) ] || sectors=,physical_block_size=4096
    qemu_disks+=(-drive "if=none,id=d$i,file=$file,format=raw,cache=unsafe,discard=unmap"
      -device "scsi-hd,bus=scsi.0,scsi-id=$i,drive=d$i,vendor=RIG,product=DISK,serial=$(printf 'RIGDISK%02d' $i),wwn=$(printf '0x5000c500a00000%02x' $i)$sectors")
  done
}

launch() {
  local cpu forwards
  case $accel in
    kvm) cpu=(-accel kvm -cpu host) ;;
    tcg) cpu=(-accel "tcg,thread=multi" -cpu max) ;;
    count) cpu=(-accel "tcg,thread=single" -icount "shift=1,sleep=on" -cpu max) ;;
    *) usage ;;
  esac
  forwards=$(printf '%s\n' "${ports[@]:-}" | sed -n 's/^\([0-9]*\):\([0-9]*\)$/,hostfwd=tcp:127.0.0.1:\1-:\2/p' | tr -d '\n')
  disk_options
  qemu-system-x86_64 -nodefaults -no-user-config -M pc -no-reboot -display none -daemonize -pidfile "$dir/pid" \
    "${cpu[@]}" -m "$mem" -smp "$smp" -kernel "$image/vmlinuz" -initrd "$image/initrd.img" \
    -drive "if=none,id=root,file=$image/root.img,format=raw,snapshot=on,cache=unsafe" -device virtio-blk-pci,drive=root \
    -virtfs "local,path=$here/guest,mount_tag=rig,security_model=none,readonly=on" \
    -virtfs "local,path=$dir/ctl,mount_tag=ctl,security_model=none" \
    -virtfs "local,path=$dir/share,mount_tag=share,security_model=none,multidevs=remap" \
    -netdev "user,id=n0,ipv6=off$forwards" -device virtio-net-pci,netdev=n0,romfile= \
    -device virtio-rng-pci -device virtio-serial-pci \
    -chardev "pipe,id=ctl,path=$dir/port" -device virtserialport,chardev=ctl,name=rig.ctl \
    -serial "file:$dir/console" "${qemu_disks[@]}" \
    -append "console=ttyS0 quiet loglevel=4 panic=1 random.trust_cpu=1 mitigations=off nowatchdog net.ifnames=0 rig.disks=$disks rig.lifetime=$lifetime"
}

start() {
  local suite=${GJALLARHORN_GUEST:-trixie} ports=() disks=12 size=1G mem=1024 smp=2 accel lifetime=3600 dir image
  accel=$(accelerator)
  while [ $# -gt 1 ]; do
    case $1 in
      --suite) suite=$2 ;; --port) ports+=("$2") ;; --disks) disks=$2 ;; --disk-size) size=$2 ;;
      --mem) mem=$2 ;; --smp) smp=$2 ;; --accel) accel=$2 ;; --lifetime) lifetime=$2 ;; *) usage ;;
    esac
    shift 2
  done
  [ $# -eq 1 ] || usage
  command -v qemu-system-x86_64 >/dev/null || fail 69 "qemu-system-x86_64 is missing; run: apt-get install -y --no-install-recommends qemu-system-x86"
  image=$("$here/build.sh" "$suite")
  mkdir -p "$1/share"
  dir=$(cd "$1" && pwd)
  ! alive "$dir" || fail 75 "a guest is already running in $dir"
  rm -rf "$dir"/{ctl,port.in,port.out,pid,console}
  mkdir "$dir/ctl"
  mkfifo "$dir/port.in" "$dir/port.out"
  launch
  await "$dir/ctl/ready" 300 || { "$here/rig.sh" stop "$dir"; tail -n 20 "$dir/console" >&2; fail 125 "the guest never got ready; the end of its console is above"; }
}

await() { # FILE SECONDS: it exists before the time is up, while the guest lives
  local until=$((SECONDS + $2))
  while [ ! -e "$1" ]; do
    alive "$dir" || fail 125 "the guest died; see $dir/console"
    [ $SECONDS -lt $until ] || return 1
    sleep 0.05
  done
}

spawn() { # prints the job's name
  local dir=$1 job
  shift
  [ "${1:-}" = -- ] || usage
  shift
  alive "$dir" || fail 125 "no guest is running in $dir"
  job=$(mktemp -d "$dir/ctl/job.XXXXXXXX")
  printf '%q ' "$@" >"$job/cmd"
  basename "$job" >"$dir/port.in"
  basename "$job"
}

collect() { # LIMIT DIR JOB
  local dir=$2 job=$2/ctl/$3 late=
  await "$job/rc" "$1" || late=1
  cat "$job/out" 2>/dev/null || true
  cat "$job/err" >&2 2>/dev/null || true
  [ -z "$late" ] || fail 124 "still running after $1 s: $(cat "$job/cmd")"
  return "$(cat "$job/rc")"
}

put() { # DIR FILE PATH
  local copy
  copy=$(mktemp "$1/share/put.XXXXXXXX")
  cp "$2" "$copy"
  "$here/rig.sh" exec "$1" -- install -D -m "$(stat -c %a "$2")" "/mnt/share/${copy##*/}" "$3"
  rm -f "$copy"
}

# A task that waits for a dead device is no fault; an oops, a failed assertion or a lock-up is.
faults() {
  local pattern='BUG:|Oops|general protection|NULL pointer|PANIC|VERIFY|ASSERT|soft lockup|RIP: |segfault' log
  log=$("$here/rig.sh" exec "$1" -- dmesg)
  ! printf '%s\n' "$log" "$(cat "$1/console")" | grep -E "$pattern" | sort -u
}

stop() {
  local dir=$1 pid
  if alive "$dir"; then
    pid=$(cat "$dir/pid")
    kill "$pid"
    timeout 10 tail --pid="$pid" -f /dev/null || kill -9 "$pid"
  fi
  rm -rf "$dir"/{ctl,port.in,port.out,pid}
}

verb=${1:-}
[ -z "$verb" ] || shift
limit=120
if [ "${1:-}" = --timeout ]; then limit=${2:-} && shift 2; fi
case $verb in
  start) start "$@" ;;
  exec) [ $# -ge 3 ] || usage; collect "$limit" "$1" "$(spawn "$@")" ;;
  spawn) [ $# -ge 3 ] || usage; spawn "$@" ;;
  wait) [ $# -eq 2 ] || usage; collect "$limit" "$@" ;;
  put) [ $# -eq 3 ] || usage; put "$@" ;;
  faults) [ $# -eq 1 ] || usage; faults "$1" ;;
  stop) [ $# -eq 1 ] || usage; stop "$1" ;;
  *) usage ;;
esac
