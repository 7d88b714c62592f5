#!/bin/bash
# build.sh SUITE: make a bootable image with a real OpenZFS in it, in the cache.
#
#   SUITE  trixie    Linux 6.12, OpenZFS 2.3
#          bookworm  Linux 6.1,  OpenZFS 2.1
#
# Prints the folder: ${GJALLARHORN_CACHE:-~/.cache/gjallarhorn}/zfs-SUITE with vmlinuz, initrd.img,
# root.img, manifest and modules.tar.zst (the compiled kernel modules, four of the five minutes).
# Nothing outside that folder is changed. What is there already is kept: the modules for good, the
# root image as long as this script and guest/initrd-init stay the same.
#
# Run as root. Packages: mmdebstrap debian-archive-keyring e2fsprogs xz-utils zstd.
# The mirror is the one of this machine's apt, where it is a Debian; GJALLARHORN_MIRROR overrides it.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() { echo "build.sh: $2" >&2; exit "$1"; }
say() { printf '%s build.sh: %s\n' "$(date +%T)" "$*" >&2; }

# A Debian mirror, or nothing (mmdebstrap then takes Debian's own).
mirror() {
  if [ -n "${GJALLARHORN_MIRROR:-}" ]; then echo "$GJALLARHORN_MIRROR"; return; fi
  # shellcheck disable=SC2016 # apt's placeholders, not the shell's
  apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian|main|//p' | grep -v security | head -n1 || true
}

# The options that every debootstrapping here shares; a proxy of this machine's apt is used too.
bootstrap() { # VARIANT TARGET OPTION...
  local variant=$1 target=$2 proxies=() key value from
  shift 2
  while read -r key value; do proxies+=("--aptopt=$key ${value%;}"); done \
    < <(apt-config dump 2>/dev/null | grep -iE '^Acquire::https?::proxy ' || true)
  from=$(mirror)
  mmdebstrap --quiet --mode=root --architectures=amd64 --components=main,contrib --variant="$variant" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    "${proxies[@]}" "$@" "$suite" "$target" ${from:+"$from"} 2> >(grep -v 'skipping mounting' >&2)
}

# ---- the kernel and zfs.ko, compiled once ------------------------------------------------------

# Packages are only unpacked: no maintainer script, so no initramfs and no dkms run.
builder_root() { # ROOT
  # shellcheck disable=SC2016 # the hook's own $1
  bootstrap extract "$1" \
    --setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d"; ln -sfn usr/$d "$1/$d"; done' \
    --include=linux-headers-amd64,linux-image-amd64,zfs-dkms,make,gcc,libc6-dev,mawk,sed,grep,coreutils \
    --include=bash,dash,diffutils,findutils,gawk,file,perl-base,kmod,busybox-static
  [ -e "$1/usr/bin/awk" ] || ln -s gawk "$1/usr/bin/awk"
  mkdir -p "$1"/{proc,dev,tmp}
  [ -c "$1/dev/null" ] || mknod -m 666 "$1/dev/null" c 1 3
}

compile() { # ROOT KERNEL SOURCE: as the package's dkms.conf would
  chroot "$1" /bin/bash -ec "
    cd /usr/src/$3
    ./configure --disable-dependency-tracking --prefix=/usr --with-config=kernel \
      --with-linux=\$(readlink -f /lib/modules/$2/source) --with-linux-obj=\$(readlink -f /lib/modules/$2/build)
    make -j$(nproc)" >"$dir/compile.log" 2>&1 || { tail -n 30 "$dir/compile.log" >&2; fail 70 "the modules did not compile"; }
}

# The kernel's own modules, without the drivers that a virtual machine cannot have.
keep_modules() { # ROOT KERNEL TARGET
  local without=(sound net/bluetooth net/mac80211 net/wireless) d
  for d in gpu media net/wireless net/ethernet infiniband staging iio comedi isdn usb input hid mfd video platform bluetooth; do
    without+=("drivers/$d")
  done
  tar -C "$1/lib/modules/$2" "${without[@]/#/--exclude=kernel/}" -c \
    kernel modules.order modules.builtin modules.builtin.modinfo | tar -C "$3" -x
}

# What the first process needs to reach the root disk, in the order of loading.
initrd_modules() { # ROOT KERNEL TARGET
  local module word path name n=0
  for module in virtio_pci virtio_blk ext4; do
    while read -r word path _; do
      [ "$word" = insmod ] || continue
      name=$(basename "$path"); name=${name%.xz}; name=${name%.zst}
      compgen -G "$3/*-$name" >/dev/null && continue
      n=$((n + 1))
      case $path in
        *.xz) xz -dc "$1$path" ;;
        *.zst) zstd -qdc "$1$path" ;;
        *) cat "$1$path" ;;
      esac >"$3/$(printf '%02d' $n)-$name"
    done < <(chroot "$1" modprobe -S "$2" --show-depends "$module")
  done
}

make_modules() {
  local root=$work/builder out=$work/modules kernel source module
  say "builder for $suite"
  builder_root "$root"
  kernel=$(basename "$root"/lib/modules/*)
  source=$(basename "$root"/usr/src/zfs-*)
  say "compiling $source for $kernel"
  compile "$root" "$kernel" "$source"
  mkdir -p "$out/lib/modules/$kernel/extra" "$out/boot/initrd/mod"
  while read -r module; do
    chroot "$root" strip -g "${module#"$root"}"
    cp "$module" "$out/lib/modules/$kernel/extra/"
  done < <(find "$root/usr/src/$source/module" -name '*.ko')
  keep_modules "$root" "$kernel" "$out/lib/modules/$kernel"
  mkdir -p "$root/out"
  cp -a "$out/lib" "$root/out/"
  chroot "$root" depmod -b /out "$kernel"
  cp "$root/out/lib/modules/$kernel"/modules.* "$out/lib/modules/$kernel/"
  cp "$root/boot/vmlinuz-$kernel" "$out/boot/vmlinuz"
  mkdir -p "$out/boot/initrd"/{bin,proc,sys,dev,root}
  cp "$root/usr/bin/busybox" "$out/boot/initrd/bin/"
  chroot "$root" depmod "$kernel"
  initrd_modules "$root" "$kernel" "$out/boot/initrd/mod"
  printf 'suite=%s\nkernel=%s\nzfs=%s\n' "$suite" "$kernel" "${source#zfs-}" >"$out/boot/manifest"
  tar -C "$out" -c . | zstd -q -10 -T0 -o "$dir/modules.new"
  mv "$dir/modules.new" "$dir/modules.tar.zst"
  rm -rf "$root"
}

# ---- the root image ----------------------------------------------------------------------------

guest_root() { # ROOT
  # zed and zinject are unpacked by hand: as packages they want dkms and a test suite
  # shellcheck disable=SC2016 # the hook's own $1
  bootstrap essential "$1" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --include=zfsutils-linux,udev,kmod,systemd,systemd-sysv,dbus,iproute2,procps,dmsetup,strace,busybox-static,util-linux,mount,psmisc \
    --customize-hook='cd "$1"; for p in zfs-zed zfs-test; do
        APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq -o APT::Sandbox::User=root download $p; done
      dpkg-deb --fsys-tarfile zfs-zed_*.deb | tar -x --no-same-owner --keep-directory-symlink
      dpkg-deb --fsys-tarfile zfs-test_*.deb | tar -x --no-same-owner --keep-directory-symlink --wildcards "*bin/zinject"
      rm zfs-zed_*.deb zfs-test_*.deb'
  : >"$1/etc/machine-id"
  echo odin >"$1/etc/hostname"
  printf '127.0.0.1 localhost odin\n' >"$1/etc/hosts"
  rm -f "$1/etc/resolv.conf"
  printf '\x0c\xb1\xba\x00' >"$1/etc/hostid" # the same on every boot
  mkdir -p "$1"/{mnt/share,rig,ctl}
  rm -rf "$1"/var/cache/* "$1"/var/lib/apt/lists/* "$1"/usr/share/{doc,man,locale,info}/*
}

make_root() {
  local root=$work/root modules=$work/m used
  say "guest root for $suite"
  mkdir "$modules"
  zstd -qdc "$dir/modules.tar.zst" | tar -C "$modules" -x
  guest_root "$root"
  cp -a "$modules/lib/modules" "$root/usr/lib/"
  cp -a "$modules/boot/initrd" "$root/initrd"
  install -m 755 "$here/guest/initrd-init" "$root/initrd/init"
  chroot "$root" busybox sh -c 'cd /initrd && busybox find . | busybox cpio -o -H newc 2>/dev/null' | gzip -9 >"$dir/initrd.img"
  rm -rf "$root/initrd"
  used=$(du -sm "$root" | cut -f1)
  mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$work/root.img" $((used + used / 4 + 256))M
  cp "$modules/boot/vmlinuz" "$modules/boot/manifest" "$dir/"
  mv "$work/root.img" "$dir/root.img"
  recipe >"$dir/recipe"
}

# Changes with everything that the root image is made from, the modules apart.
recipe() { cat "$here/build.sh" "$here/guest/initrd-init" | sha256sum; }

[ $# -eq 1 ] || { sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 64; }
suite=$1
case $suite in trixie | bookworm) ;; *) fail 64 "no recipe for $suite: trixie or bookworm" ;; esac
dir=${GJALLARHORN_CACHE:-$HOME/.cache/gjallarhorn}/zfs-$suite
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
if [ ! -s "$dir/root.img" ] || [ "$(recipe)" != "$(cat "$dir/recipe" 2>/dev/null)" ]; then
  for tool in mmdebstrap mke2fs xz zstd; do
    command -v "$tool" >/dev/null || fail 69 "$tool is missing; run: apt-get install -y --no-install-recommends mmdebstrap debian-archive-keyring e2fsprogs xz-utils zstd"
  done
  [ "$(id -u)" = 0 ] || fail 77 "the image is built as root; run: sudo $0 $suite"
  work=$(mktemp -d "$dir/.work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  [ -s "$dir/modules.tar.zst" ] || make_modules
  make_root
  say "ready after $SECONDS s: $(tr '\n' ' ' <"$dir/manifest")"
fi
echo "$dir"
