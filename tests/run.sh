#!/bin/bash
# Installs what is needed, builds what is shipped and what is tested, and runs every test: tests/run.sh [ctest options]
set -euo pipefail
cd "$(dirname "$0")/.."

cmake/install-packages.sh build test image

# What is shipped: the end-to-end and fault tests run it.
cmake --preset release >/dev/null
cmake --build --preset release
cmake --install build/release --strip >/dev/null

# What is tested, under the address and undefined-behaviour sanitizers.
cmake --preset asan >/dev/null
cmake --build --preset asan
ctest --preset asan --no-tests=error -j "$(nproc)" "$@"
