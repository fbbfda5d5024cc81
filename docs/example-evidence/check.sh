#!/bin/sh
# Checks the evidence in this folder:   sh check.sh [ROOT [CERTIFICATES]]
# ROOT is the root of one of the days, from a copy kept elsewhere; - for none.
# CERTIFICATES is a PEM file with the root certificate of the time-stamp authority.
# Needs only sh and sha256sum; with CERTIFICATES also openssl.
set -u
LC_ALL=C
export LC_ALL
kept=${1:--} certificates=${2-}
case $certificates in '' | /*) ;; *) certificates=$PWD/$certificates ;; esac
# Without CDPATH, which could lead elsewhere.
CDPATH=
case $0 in */*) cd -- "${0%/*}" || exit 1 ;; esac

refuse() {
  printf 'NOT OK: %s\n' "$1"
  exit 1
}

case $kept in *[A-F]*) refuse "write the root $kept in lower case" ;; esac

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
form='' account='' slot='' root='' simulated='' token='' token_hash=''
while read -r name value; do
  case $name in
    form) form=$value ;;
    account) account=$value ;;
    slot) slot=$value ;;
    root) root=$value ;;
    simulated) simulated=$value ;;
    token) token=$value ;;
    tokenHash) token_hash=$value ;;
  esac
done <evidence.txt
[ "$form" = 1 ] || refuse 'evidence.txt is not of form 1'

# 1. The item is one line without control characters, and is of this account and slot.
hash_of item.json
if IFS= read -r item <item.json; then refuse 'item.json has more than one line'; fi
case $item in *[[:cntrl:]]*) refuse 'item.json has a control character' ;; esac

# only_member NAME VALUE: refuses an item with another value of this name, or with two.
only_member() {
  case $item in
    *"\"$1\":"*"\"$1\":"*) refuse "item.json has two members $1" ;;
    *"\"$1\":\"$2\""*) ;;
    *) refuse "item.json is not of the $1 $2" ;;
  esac
}
only_member account "$account"
only_member slot "$slot"

# 2. Its hash is in the account's lines.
[ -f account.txt ] || refuse 'account.txt is missing'
only_line "$slot" "$hash" account.txt
[ "$found" = yes ] || refuse "item.json does not have the hash that account.txt lists for $slot"

# 3. The hash of these lines is in the lines of the day, and 4. each day begins with the root of the day before.
hash_of account.txt
lines=$hash
previous='' under='' signed='' stamped=${token%.tst}.txt
for day in days/*.txt; do
  [ -f "$day" ] || refuse 'there is no file in days'
  IFS= read -r first <"$day" || refuse "$day has no line"
  if [ -z "$previous" ]; then
    only_line "$account" "$lines" "$day"
    [ "$found" = yes ] || refuse "account.txt does not have the hash that $day lists for $account"
  elif [ "$first" != "$previous" ]; then
    refuse "$day does not begin with the root of the day before it, $previous"
  fi
  hash_of "$day"
  previous=$hash
  [ "$hash" = "$kept" ] && under=$day
  [ "$day" = "$stamped" ] && signed=$day
done

# 5. The last root is the one that is claimed, and the one that was kept is among them: each day covers the item.
[ "$previous" = "$root" ] || refuse "$day has the root $previous, but evidence.txt says $root"
if [ "$kept" != - ] && [ -z "$under" ]; then
  refuse "no day of this evidence has the root $kept"
fi

# 6. The token of a time-stamp authority is the one that is claimed. With certificates: it is over a day of this evidence.
if [ -n "$token" ]; then
  [ -n "$signed" ] || refuse "$token is not the token of a day in this folder"
  hash_of "$token"
  [ "$hash" = "$token_hash" ] || refuse "$token does not have the hash that evidence.txt gives for it"
fi
if [ -n "$certificates" ]; then
  [ -n "$token" ] || refuse 'this evidence has no token to check with certificates'
  [ -f "$certificates" ] || refuse "$certificates is missing"
  # The hash is given: openssl would make one of the kind that the token names, which could be one that is broken by now.
  hash_of "$signed"
  if ! openssl ts -verify -digest "$hash" -token_in -in "$token" -CAfile "$certificates" >/dev/null 2>&1; then
    why="openssl ts -verify -digest $hash -token_in -in $token -CAfile $certificates"
    case $(openssl version) in
      LibreSSL*) refuse "this openssl is LibreSSL, which may be too old to check $token: use OpenSSL 1.1 or later. To see why, run:
$why" ;;
      *) refuse "openssl does not accept $token as a signature of $signed by $certificates; to see why, run:
$why" ;;
    esac
  fi
  at=$(openssl ts -reply -token_in -in "$token" -text 2>/dev/null)
  at=${at#*Time stamp: }
  at=${at%%
*}
else
  signed=''
fi

# 7. No file was changed on the way here. Whoever changes one on purpose would change sums.txt too: the steps above are for that.
[ -f sums.txt ] || refuse 'sums.txt is missing'
listed=' '
while read -r sum name; do
  hash_of "$name"
  [ "$hash" = "$sum" ] || refuse "$name does not have the hash that sums.txt lists for it"
  listed="$listed$name "
done <sums.txt
for file in *.* days/*; do
  case $listed in
    *" $file "*) ;;
    *) [ "$file" = sums.txt ] || refuse "sums.txt does not list $file" ;;
  esac
done

printf '%s\n\n' "$item"
[ "$simulated" = no ] || printf 'SIMULATED: none of this is real.\n'
printf 'OK: the line above is what was recorded for %s at %s. It needs no other file to be read; evidence.html only repeats it.\n' "$account" "$slot"
if [ -n "$signed" ]; then
  printf 'It is covered by the root of %s, which the time-stamp authority signed on %s.\n' "$signed" "$at"
fi
if [ -n "$under" ]; then
  printf 'It is covered by the root you gave, that of %s.\n' "$under"
elif [ -z "$signed" ]; then
  printf 'It is covered by the root %s.\nThat proves something only if a copy of this root was kept elsewhere: compare them.\n' "$root"
fi
