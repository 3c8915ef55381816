#!/bin/sh
# What one core of the server gives, with the load on another: http_load.sh BUILD_DIRECTORY [PROGRAM ...]
# PROGRAM prints the port it listens on as its first line and ends on SIGTERM; default: the trivial server.
set -eu
build=$1
shift
[ $# -gt 0 ] || set -- "$build/tests/bench/http_trivial_server"
work=$(mktemp -d)
taskset -c 0 "$@" >"$work/out" 2>"$work/err" &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" || true; rm -r "$work"' EXIT
until grep -q . "$work/out"; do
  kill -0 "$pid" || { cat "$work/err"; exit 1; }
  sleep 0.05
done
port=$(head -n 1 "$work/out")
for plan in "200000 32 2000" "200000 32 0" "200000 512 0"; do
  # shellcheck disable=SC2086  # three arguments
  taskset -c 1 "$build/tests/bench/http_load" "$port" $plan "$pid"
done
