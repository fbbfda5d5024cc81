#!/bin/sh
# Checks the evidence in this folder:   sh check.sh [ROOT]
# ROOT is the newest root, as somebody kept it in another place. Needs nothing but sh and sha256sum.
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

# count LINE FILE: sets count to how often the line stands in the file.
count() {
  count=0
  while IFS= read -r line; do
    [ "$line" = "$1" ] && count=$((count + 1))
  done <"$2"
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
count "$slot $hash" account.txt
[ "$count" -eq 1 ] || refuse "item.json does not have the hash that account.txt has for $slot"

# 3. The hash of these lines is in the lines of the day, and 4. each day begins with the root of the day before.
hash_of account.txt
lines=$hash
previous=''
for day in days/*.txt; do
  [ -f "$day" ] || refuse 'there is no file in days'
  IFS= read -r first <"$day" || refuse "$day has no line"
  if [ -z "$previous" ]; then
    count "$account $lines" "$day"
    [ "$count" -eq 1 ] || refuse "account.txt does not have the hash that $day has for $account"
  elif [ "$first" != "$previous" ]; then
    refuse "$day does not begin with the root of the day before it, $previous"
  fi
  hash_of "$day"
  previous=$hash
done

# 5. The last root is the one that is claimed, and the one that was kept.
[ "$previous" = "$root" ] || refuse "$day has the root $previous, and evidence.txt says $root"
if [ $# -gt 0 ] && [ "$1" != "$root" ]; then
  refuse "the root of this evidence is $root, and not $1"
fi

printf '%s\n\n' "$item"
[ "$simulated" = no ] || printf 'SIMULATED: none of this is real.\n'
printf 'OK: this is what was recorded of %s for %s.\n' "$account" "$slot"
if [ $# -gt 0 ]; then
  printf 'It is under the root that you gave.\n'
else
  printf 'It is under the root %s.\nThat shows something only if somebody kept this root in another place: compare them.\n' "$root"
fi
