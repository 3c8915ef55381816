#!/bin/sh
# The specification's shell check of the market hours, as its analysis job runs it; only its first step, the download
# of tzdata by the package manager, is left out. Measured against, never used: spec_gate_test.sh shows why.
export TZ=America/New_York
DOW=$(date +%u) # 1=Mon, 7=Sun
HOUR=$(date +%H)
MIN=$(date +%M)
TIME_MIN=$((HOUR * 60 + MIN))
MARKET_OPEN=570   # 09:30
MARKET_CLOSE=960  # 16:00
if [ "$DOW" -ge 6 ]; then
  echo "Weekend — promotions allowed"
  exit 0
fi
if [ "$TIME_MIN" -lt "$MARKET_OPEN" ] || [ "$TIME_MIN" -ge "$MARKET_CLOSE" ]; then
  echo "Outside market hours — promotions allowed"
  exit 0
fi
echo "Market hours active ($(date)) — promotion blocked"
exit 1
