// What a waiting step does next. Pure: the loop around it sleeps and looks at the clock again.
#pragma once

#include <chrono>

#include "plugins/market-hours-check/gate/decide.hpp"

namespace stagegate::market_hours {

struct WaitStep {
  enum class Kind : std::uint8_t {
    go,     // allowed: the wait is over
    sleep,  // until `until` (wall clock) or for `limit`, whichever is first
    late,   // the deadline has passed
  };
  Kind kind;
  time::Instant until{};
  std::chrono::milliseconds limit{0};
};

// `left` is what remains of the time-out. Asked anew after each sleep, so that a clock that was
// set, a machine that was suspended and a verdict that came too early are all put right by the next
// answer.
WaitStep next_step(const Verdict& verdict, std::chrono::milliseconds left);

}  // namespace stagegate::market_hours
