#include "plugins/market-hours-check/gate/wait.hpp"

namespace stagegate::market_hours {

WaitStep next_step(const Verdict& verdict, std::chrono::milliseconds left) {
  using Kind = WaitStep::Kind;
  if (verdict.allowed) return {Kind::go};
  if (left <= std::chrono::milliseconds{0}) return {Kind::late};
  // Nothing within a year: only a clock that is set could change that, and setting it ends the
  // sleep.
  const auto until = verdict.allowed_at.value_or(verdict.at + date::days{366});
  return {Kind::sleep, until, left};
}

}  // namespace stagegate::market_hours
