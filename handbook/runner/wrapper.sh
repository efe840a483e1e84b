#!/bin/bash
# What a program's name on bash's PATH starts under Wine. Windows' Python cannot print into a file that bash has
# opened: there a pipe comes between.
program=${0##*/}
if [ "$program" = wrapper.sh ]; then # of a program that the commands themselves have put on the PATH
  program=$1
  shift
fi
while IFS= read -rd: folder; do # what is on bash's PATH is on Windows' PATH, too
  case $folder in "$WINEPREFIX"/drive_c/*)
    folder=${folder#"$WINEPREFIX/drive_c"}
    own+="C:${folder//\//\\};"
    ;;
  esac
done <<<"$PATH:"
export WINEPATH="$own$WINEPATH"
start() { wine 'C:\handbook\launcher.exe' "$program" "$@"; }
if [ -f /dev/stdout ] && [ /dev/stdout -ef /dev/stderr ]; then
  start "$@" 2>&1 | cat
elif [ -f /dev/stdout ]; then
  start "$@" | cat
elif [ -f /dev/stderr ]; then
  { start "$@" 2>&1 >&3 | cat >&2; } 3>&1
else
  exec wine 'C:\handbook\launcher.exe' "$program" "$@"
fi
exit "${PIPESTATUS[0]}"
