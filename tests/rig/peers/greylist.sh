#!/bin/bash
# greylist.sh FOLDER SECONDS: a policy service of postfix. Turns a client, sender and recipient away until SECONDS after it
# was first seen; a file in FOLDER remembers when that was.
while IFS= read -r line; do
  case $line in
    client_address=* | sender=* | recipient=*) key+="${line#*=}/" ;;
    '')
      seen=$1/$(printf '%s' "$key" | sha1sum | cut -d' ' -f1)
      [ -e "$seen" ] || : >"$seen"
      if [ $(($(date +%s) - $(stat -c %Y "$seen"))) -ge "$2" ]; then
        printf 'action=dunno\n\n'
      else
        printf 'action=451 4.7.1 Greylisted, try again later\n\n'
      fi
      key=
      ;;
  esac
done
