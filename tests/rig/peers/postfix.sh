#!/bin/bash
# postfix.sh start FOLDER PORT | stop FOLDER: a real postfix of its own on 127.0.0.1:PORT.
#
# All of its state is under FOLDER: mail for NAME@example.org becomes a file in FOLDER/mail/all/new (whose Delivered-To says
# who it was for), the certificate that STARTTLS shows is FOLDER/etc/cert.pem (localhost, 127.0.0.1), the log is FOLDER/log.
# The first try of each client, sender and recipient is turned away with 451 for GREY seconds (5; 0 turns that off). Nothing ever leaves this machine.
#
# Needs root (postfix's master does) and openssl. FOLDER and the folders above it must be open to user `daemon`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage() { sed -n '2,8s/^# \{0,1\}//p' "$here/postfix.sh" >&2; exit 64; }
fail() { echo "postfix.sh: $2" >&2; exit "$1"; }

folders() {
  mkdir -p "$dir"/{etc/dynamicmaps.cf.d,etc/postfix-files.d,spool,data,mail,grey}
  cp "$root"/usr/lib/postfix/sbin/{post-install,postfix-script} "$root/etc/postfix/postfix-files" "$dir/etc/"
  : >"$dir/etc/dynamicmaps.cf"
  : >"$dir/log"
  chmod 755 "$dir"
  chown nobody "$dir/data"
  chown daemon "$dir/mail" "$dir/grey"
  install -m 755 "$here/greylist.sh" "$dir/etc/greylist.sh"
}

# Not an authority: rustls takes no authority for a server.
certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -addext basicConstraints=critical,CA:FALSE \
    -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" 2>/dev/null
}

# The templates say DIR, ROOT, PORT and GREY.
configuration() {
  local file
  for file in main master; do
    sed -e "s|@DIR@|$dir|g; s|@ROOT@|$root|g; s|@PORT@|$port|g; s|@GREY@|${GREY:-5}|g" "$here/postfix/$file.cf" >"$dir/etc/$file.cf"
  done
}

libraries() { find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:; }

[ $# -ge 2 ] || usage
verb=$1 port=${3:-}
[ "$(id -u)" = 0 ] || fail 77 "postfix starts as root only"
root=$("$here/debian.sh" postfix)
mkdir -p "$2"
dir=$(cd "$2" && pwd)
LD_LIBRARY_PATH=$(libraries)
export LD_LIBRARY_PATH
case $verb in
  start)
    [ $# -eq 3 ] || usage
    command -v openssl >/dev/null || fail 69 "openssl is missing; run: apt-get install -y openssl"
    folders
    certificate
    configuration
    "$root/usr/sbin/postfix" -c "$dir/etc" start
    ;;
  stop) "$root/usr/sbin/postfix" -c "$dir/etc" stop ;;
  *) usage ;;
esac
