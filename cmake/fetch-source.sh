#!/bin/sh
# fetch-source.sh FILE SHA256 POOL_PATH URL... - gets one pinned source archive into FILE, or fails and says why.
#
# In this order, each accepted only with the right hash:
#   1. FILE as it is (a machine without network: put it there by hand),
#   2. the pool of the distribution's package mirrors that this machine is configured for, at POOL_PATH,
#   3. the upstream URLs.
# The pool of a distribution holds the sources of all its releases, so an older release finds a newer one's archive.
# Where a mirror has no such file, `apt-get source --download-only` with a private sources list of the release that
# has it works too (put the .orig.tar.gz to FILE).
set -eu

file=$1
sha256=$2
pool_path=$3
shift 3

helper=/usr/lib/apt/apt-helper
folder=$(dirname "$file")
mkdir -p "$folder"
scratch=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

verified() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$sha256" ]; }

# The base addresses of the package mirrors. Without downloaded package lists apt names none: read its sources then.
mirrors() {
  {
    apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" 2>/dev/null || true
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      sed -n 's/^deb\(-src\)\{0,1\} *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\3/p'
    sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | tr ' ' '\n'
  } | sed 's:/*$::' | awk 'NF && !seen[$0]++'
}

# apt's downloader first: it knows the proxy and the certificates that the machine's packages come through.
download() {
  if [ -x "$helper" ]; then
    "$helper" -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20 \
      -o Acquire::https::Timeout=20 download-file "$1" "$scratch/part" "SHA256:$sha256"
  elif command -v curl >/dev/null; then
    curl -fsSL --retry 2 --connect-timeout 20 -o "$scratch/part" "$1"
  else
    wget -q -T 20 -t 2 -O "$scratch/part" "$1"
  fi >>"$scratch/log" 2>&1
}

fetch() {
  echo "$1:" >>"$scratch/log"
  if download "$1" && verified "$scratch/part"; then
    mv "$scratch/part" "$file"
    echo "fetched $1"
    exit 0
  fi
  rm -f "$scratch/part"
}

if verified "$file"; then exit 0; fi
for mirror in $(mirrors); do fetch "$mirror/$pool_path"; done
for url in "$@"; do fetch "$url"; done

cat "$scratch/log" >&2
echo "could not get $(basename "$file"). Put it at $file by hand; its SHA-256 must be $sha256." >&2
exit 1
