#!/bin/bash
# Installs what the named sets (cmake/packages/SET.txt) list and the machine lacks: Debian 12 and 13, Ubuntu 24.04.
#
#   cmake/install-packages.sh build test      install
#   cmake/install-packages.sh --check build   only say what is missing (exit 1 when something is)
#
# Costs no network and no privilege when nothing is missing, so every command of the project may begin with it.
set -euo pipefail
cd "$(dirname "$0")/packages"

die() {
  echo "install-packages: $*" >&2
  exit 1
}

# The entries of the sets, without comments.
entries() {
  local set
  for set in "$@"; do
    [ -f "$set.txt" ] || die "there is no package set \"$set\" (known: $(echo *.txt | sed 's/\.txt//g'))"
    sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$set.txt"
  done | sort -u
}

declare -A installed
read_installed() {
  local status name arch native
  native=$(dpkg --print-architecture)
  installed=()
  while read -r status name arch; do
    [ "$status" = ii ] || continue
    installed[$name:$arch]=1
    if [ "$arch" = "$native" ] || [ "$arch" = all ]; then installed[$name]=1; fi
  done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Architecture}\n')
}

# missing ENTRY - true when none of the entry's alternatives is installed.
missing() {
  local name
  for name in $(alternatives "$1"); do
    [ -n "${installed[$name]:-}" ] && return 1
  done
  return 0
}

alternatives() { tr '|' ' ' <<<"${1%\?}"; }

declare -A candidate
# Which of the alternatives apt could install, from the lists that it has.
read_candidates() {
  local line name=
  candidate=()
  while IFS= read -r line; do
    case $line in
      [!\ ]*:) name=${line%:} ;;
      "  Candidate: (none)") ;;
      "  Candidate: "*) candidate[$name]=1 ;;
    esac
  done < <(for entry in "$@"; do alternatives "$entry"; done | xargs env LC_ALL=C apt-cache policy 2>/dev/null)
}

# choose ENTRY... - fills `wanted` with what to install and `unknown` with entries that apt does not know.
choose() {
  local entry name
  wanted=() unknown=()
  read_candidates "$@"
  for entry in "$@"; do
    for name in $(alternatives "$entry"); do
      [ -n "${candidate[$name]:-}" ] && wanted+=("$name") && continue 2
    done
    unknown+=("$entry")
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    die "needs root and finds no sudo; run as root: cmake/install-packages.sh ${sets[*]}"
  fi
}

# Packages for another architecture ("libssl-dev:arm64") need that architecture to be known to dpkg.
add_architectures() {
  local entry arch
  for entry in "$@"; do
    case $entry in *:*) arch=${entry##*:} ;; *) continue ;; esac
    dpkg --print-foreign-architectures | grep -qx "$arch" && continue
    as_root dpkg --add-architecture "$arch"
    update
  done
}

updated=
update() {
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update
  updated=yes
}

install() {
  as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

check_only=
if [ "${1:-}" = --check ]; then
  check_only=yes
  shift
fi
sets=("$@")
[ $# -gt 0 ] || die "usage: install-packages.sh [--check] SET...; sets: $(echo *.txt | sed 's/\.txt//g')"
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
  die "this is no Debian or Ubuntu (no apt-get); install the equivalents of cmake/packages/{$(IFS=,; echo "$*")}.txt by hand"

all=$(entries "${sets[@]}")
read_installed
lacking=()
for entry in $all; do
  missing "$entry" && lacking+=("$entry")
done
[ ${#lacking[@]} -gt 0 ] || exit 0
if [ -n "$check_only" ]; then
  printf 'missing: %s\n' "${lacking[@]}"
  exit 1
fi

add_architectures "${lacking[@]}"
choose "${lacking[@]}"
if [ ${#unknown[@]} -gt 0 ] && [ -z "$updated" ]; then
  update
  choose "${lacking[@]}"
fi
for entry in "${unknown[@]}"; do
  case $entry in
    *\?) echo "install-packages: this distribution has no ${entry%\?}; going on without it" >&2 ;;
    *) die "this distribution has no package \"$entry\" (sets: ${sets[*]})" ;;
  esac
done
[ ${#wanted[@]} -gt 0 ] || exit 0
echo "install-packages: installing ${wanted[*]}" >&2
# Lists from before the mirror's last change name versions that are gone: once more with new ones.
install "${wanted[@]}" || { [ -z "$updated" ] && update && install "${wanted[@]}"; } || die "apt-get could not install them"
