#!/bin/bash
# Installs what is needed, builds market-hours-check, and shows it at work: a promotion that the open market blocks,
# the wait for the close, and the promotion that is then allowed. No cluster, no account; nothing outside build/.
set -euo pipefail
cd "$(dirname "$0")/.."

# What a command says is shown only when it fails: the compiler's errors come on stdout.
quietly() {
  local said
  said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

cmake/install-packages.sh build
echo "Building market-hours-check (a minute or two the first time) ..."
quietly cmake --preset release
quietly cmake --build --preset release --target market-hours-check
gate=$(find build/release -type f -name market-hours-check -perm -u+x | head -n 1)

show() {
  printf '\n$ market-hours-check %s\n' "$*"
  "$gate" "$@" && code=0 || code=$?
  printf '(exit code %s)\n' "$code"
}

cat <<'TEXT'

1. Thanksgiving week, Wednesday noon in New York: the market is open, the promotion to live is blocked.
TEXT
show check --stage live --image-tag 3f2a91c --at "2026-11-25T12:00:00-05:00"

cat <<'TEXT'

2. Three seconds before the close the pipeline waits, and goes on the moment the market is closed.
   (The clock is set for this with --at; without it the machine's clock decides.)
TEXT
show wait --stage live --image-tag 3f2a91c --at "2026-11-25T15:59:57-05:00" --timeout 1m

cat <<'TEXT'

3. The day after Thanksgiving the exchange closes at 13:00. The exchange's own calendar knows that.
TEXT
show check --stage live --calendar xnys --at "2026-11-27T13:00:00-05:00"

cat <<'TEXT'

4. And now, by this machine's clock:
TEXT
show check --stage live
