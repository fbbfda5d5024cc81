#!/bin/sh
# Checks the evidence in this folder:   sh check.sh [ROOT]
# ROOT is the root of one of its days, as somebody kept it in another place. Needs nothing but sh and sha256sum.
set -u
LC_ALL=C
export LC_ALL
case $0 in */*) cd "${0%/*}" || exit 1 ;; esac

refuse() {
  printf 'NOT OK: %s\n' "$1"
  exit 1
}

# hash_of FILE: sets hash.
hash_of() {
  [ -f "$1" ] || refuse "$1 is missing"
  hash=$(sha256sum <"$1") || refuse "sha256sum could not read $1"
  hash=${hash%% *}
}

# only_line NAME HASH FILE: sets found to yes if the file has one line of this name, and that has this hash.
only_line() {
  found=no count=0
  while IFS= read -r line; do
    case $line in "$1 "*) count=$((count + 1)) ;; esac
    [ "$line" = "$1 $2" ] && found=yes
  done <"$3"
  [ "$count" -eq 1 ] || found=no
}

# What is claimed.
[ -f evidence.txt ] || refuse 'evidence.txt is missing'
form='' account='' slot='' root='' simulated=''
while read -r name value; do
  case $name in
    form) form=$value ;;
    account) account=$value ;;
    slot) slot=$value ;;
    root) root=$value ;;
    simulated) simulated=$value ;;
  esac
done <evidence.txt
[ "$form" = 1 ] || refuse 'evidence.txt is not of form 1'

# 1. The item is of this account and slot.
hash_of item.json
IFS= read -r item <item.json || :
case $item in
  *"\"account\":\"$account\""*) ;;
  *) refuse "item.json is not of the account $account" ;;
esac
case $item in
  *"\"slot\":\"$slot\""*) ;;
  *) refuse "item.json is not of the slot $slot" ;;
esac

# 2. Its hash is in the account's lines.
[ -f account.txt ] || refuse 'account.txt is missing'
only_line "$slot" "$hash" account.txt
[ "$found" = yes ] || refuse "item.json does not have the hash that account.txt has for $slot"

# 3. The hash of these lines is in the lines of the day, and 4. each day begins with the root of the day before.
hash_of account.txt
lines=$hash
previous='' under=''
for day in days/*.txt; do
  [ -f "$day" ] || refuse 'there is no file in days'
  IFS= read -r first <"$day" || refuse "$day has no line"
  if [ -z "$previous" ]; then
    only_line "$account" "$lines" "$day"
    [ "$found" = yes ] || refuse "account.txt does not have the hash that $day has for $account"
  elif [ "$first" != "$previous" ]; then
    refuse "$day does not begin with the root of the day before it, $previous"
  fi
  hash_of "$day"
  previous=$hash
  [ "$hash" = "${1-}" ] && under=$day
done

# 5. The last root is the one that is claimed, and the one that was kept is among them: each day covers the item.
[ "$previous" = "$root" ] || refuse "$day has the root $previous, and evidence.txt says $root"
if [ $# -gt 0 ] && [ -z "$under" ]; then
  refuse "no day of this evidence has the root $1"
fi

printf '%s\n\n' "$item"
[ "$simulated" = no ] || printf 'SIMULATED: none of this is real.\n'
printf 'OK: the line above is what was recorded of %s for %s. No other file is needed to read it.\n' "$account" "$slot"
if [ $# -gt 0 ]; then
  printf 'It is under the root that you gave, that of %s.\n' "$under"
else
  printf 'It is under the root %s.\nThat shows something only if somebody kept this root in another place: compare them.\n' "$root"
fi
