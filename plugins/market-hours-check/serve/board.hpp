// What the page shows, gathered before anything is drawn.
#pragma once

#include <string>
#include <vector>

#include "common/time/spans.hpp"
#include "plugins/market-hours-check/serve/memory.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

// One day in the calendar's zone.
struct BoardDay {
  struct Freeze {
    Span span;
    std::string name;
  };
  Day day;
  Span span;  // from midnight to midnight: 23 or 25 hours where the clocks change
  // Within the day.
  Spans blocked;
  std::vector<Freeze> freezes;
};

struct BoardStage {
  const Stage* stage;
  Result<Verdict> verdict;
  std::vector<BoardDay> days;  // today first; fewer than seven where the calendar ends
};

struct Board {
  time::Instant at;
  bool simulated = false;
  std::vector<BoardStage> stages;
  std::vector<Known> waiting = {};  // promotions that have asked a moment ago
};

BoardStage look_at(const Stage& stage, time::Instant at);

// "Tue 24 Nov", and "Tue 24" where there is little room.
std::string day_label(time::Date date);
std::string short_day_label(time::Date date);
// "09:30-16:00", by the wall clock of the zone; the end of the day is 24:00.
std::string hours_label(const Span& span, const BoardDay& day, const time::Zone& zone);
// The blocked spans of the day: "09:30-16:00", "all day", or "never".
std::string blocked_label(const BoardDay& day, const time::Zone& zone);

}  // namespace stagegate::market_hours
