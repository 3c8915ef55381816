// Times at which windows and calendar differ, put together so that people read each once.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/time/spans.hpp"

namespace stagegate::argocd {

// The same hours on several days.
struct Drift {
  std::string words;  // `15:00-16:00 America/New_York, 61 times from Mon 2026-11-30 to Fri ...`
  time::Instant from;
  time::Instant to;
  std::size_t times;
};

// Days that the calendar has a name for (a holiday, an early close) stay apart from the others, and
// are named.
std::vector<Drift> drifts(const time::Spans& spans, const market_hours::Calendar& calendar);

}  // namespace stagegate::argocd
