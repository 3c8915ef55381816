#!/bin/sh
# What one core of `market-hours-check serve` gives, with the load on another: serve_load.sh PROGRAM HTTP_LOAD [REQUESTS]
# Runs against one server: the status that dashboards poll, the same promotion asked about again and again as
# Kargo does, and promotions that are all different, which is the most that the gate's memory can be asked to keep.
set -eu
program=$1
load=$2
requests=${3:-200000}
work=$(mktemp -d)
env -i PATH="$PATH" taskset -c 0 "$program" serve --listen 127.0.0.1:0 --allow-anonymous 2>"$work/log" >/dev/null &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" || true; rm -r "$work"' EXIT
port=
until [ -n "$port" ]; do
  kill -0 "$pid" || { cat "$work/log"; exit 1; }
  port=$(sed -n 's/.*127\.0\.0\.1:\([0-9][0-9]*\).*/\1/p' "$work/log" | head -n 1)
  sleep 0.05
done

# measure WHAT RATE PATH [BODY]
measure() {
  echo "== $1"
  rate=$2
  shift 2
  taskset -c 1 "$load" "$port" "$requests" 32 "$rate" "$pid" "$@"
}
known='{"project":"p","stage":"live","promotion":"live.01","freight":"abc"}'
distinct='{"project":"p","stage":"live","promotion":"live.#","freight":"abc"}'
measure "GET /v1/status, 2,000 requests a second" 2000 /v1/status
measure "POST /v1/check, one promotion, 2,000 a second" 2000 /v1/check "$known"
measure "POST /v1/check, all promotions different, 2,000 a second" 2000 /v1/check "$distinct"
measure "GET /v1/status, as fast as answers come" 0 /v1/status
measure "POST /v1/check, all promotions different, as fast as answers come" 0 /v1/check "$distinct"
