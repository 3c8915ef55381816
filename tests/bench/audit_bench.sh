#!/bin/bash
# What verification costs, side by side with hashing alone: audit_bench.sh AUDIT_BENCH [RECORDS] [RUNS]
# All in one run and in turns, one core, files in the page cache: `sha256sum` of the same bytes, and what `openssl
# speed` gives for SHA-256. Then the search for one tag in 500 MB.
set -euo pipefail
bench=$1
records=${2:-2000000}
runs=${3:-5}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

median() { sort -n | sed -n "$(((runs + 1) / 2))p"; }
seconds() { awk '{ print $1 }'; }

"$bench" make "$work/log" "$records"
bytes=$(cat "$work"/log/records/* | wc -c)
for ((i = 0; i < runs; i++)); do
  "$bench" verify "$work/log" 1 | tee "$work/last" | seconds >>"$work/verify"
  begin=$(date +%s%N)
  sha256sum "$work"/log/records/* >"$work/sums"
  echo "$begin $(date +%s%N)" | awk '{ print ($2 - $1) / 1e9 }' >>"$work/sha256sum"
  openssl speed -bytes 16384 -seconds 1 sha256 2>"$work/err" | awk '/^sha256/ { print substr($2, 1, length($2) - 1) / 1000 }' >>"$work/openssl"
done
"$bench" verify "$work/log" 2 >"$work/two"
verify=$(median <"$work/verify")
sum=$(median <"$work/sha256sum")
speed=$(median <"$work/openssl")
awk -v b="$bytes" -v v="$verify" -v s="$sum" -v o="$speed" -v n="$records" 'BEGIN {
  printf "%d records, %.2f GB, medians\n", n, b / 1e9
  printf "verify         %6.2f s  %5.0f MB/s\n", v, b / v / 1e6
  printf "sha256sum      %6.2f s  %5.0f MB/s  verify is %.2f times as fast (promised: 2)\n", s, b / s / 1e6, s / v
  printf "openssl speed            %5.0f MB/s  verify is %.2f of it (promised: 0.5)\n", o, b / v / 1e6 / o
}'
echo "one thread:  $(cat "$work/last")"
echo "two threads: $(cat "$work/two")"
rm -r "$work/log"

"$bench" make "$work/log" 640000
tag=$(sed -n '1000s/.*"image_tag":"\([0-9a-f]*\)".*/\1/p' "$work/log/records/0000000000.jsonl")
cat "$work"/log/records/* >"$work/warm"
rm "$work/warm"
echo "one tag in $(cat "$work"/log/records/* | wc -c) bytes (promised: 0.5 s)"
for ((i = 0; i < runs; i++)); do "$bench" query "$work/log" "$tag"; done
