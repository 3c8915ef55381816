// A calendar and a rule, asked for one instant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/market-hours-check/gate/gate.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

namespace stagegate::market_hours {

inline Verdict judged(const Calendar& calendar, time::Instant at, const Policy& policy = {}) {
  auto verdict = decide(calendar, policy, at);
  if (!verdict) FAIL(verdict.error().message);
  return *std::move(verdict);
}
inline Verdict judged(const Calendar& calendar, std::string_view at, const Policy& policy = {}) {
  return judged(calendar, instant_of(at), policy);
}

// "2026-11-24T21:00:00Z", or "never".
inline std::string shown(const std::optional<time::Instant>& instant) {
  return instant ? time::rfc3339(*instant) : "never";
}

// "allowed outside_hours until 2026-11-24T14:30:00Z", "blocked market_open until ..."
inline std::string shown(const Verdict& verdict) {
  return std::string(verdict.allowed ? "allowed " : "blocked ") +
         std::string(name_of(verdict.reason)) + " until " +
         shown(verdict.allowed ? verdict.blocked_at : verdict.allowed_at);
}

inline text::YamlNode yaml_of(std::string_view text) {
  auto parsed = text::parse_yaml(text);
  REQUIRE(parsed);
  return *std::move(parsed);
}

inline Gate gate_of(GateSettings settings) {
  auto gate = Gate::open(std::move(settings));
  if (!gate) FAIL(gate.error().message);
  return *std::move(gate);
}

inline Verdict judged(const Gate& gate, std::string_view at, const std::string& stage = "") {
  auto verdict = gate.judge(stage, instant_of(at));
  if (!verdict) FAIL(verdict.error().message);
  return *std::move(verdict);
}

}  // namespace stagegate::market_hours
