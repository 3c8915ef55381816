// May a promotion happen at this instant? Pure: the calendar, the rule and the instant decide,
// nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/calendar/calendar.hpp"
#include "common/time/spans.hpp"

namespace stagegate::market_hours {

using time::Span;
using time::Spans;

// What the market has to be for a promotion: closed as a rule, open for a step that wants live
// prices.
enum class Require : std::uint8_t { closed, open };

struct Policy {
  Require require = Require::closed;
  time::seconds need{
      0};  // how long the deployment takes: it has to be over before the next block begins
};

// What the market does at that instant.
enum class Market : std::uint8_t {
  open,
  closed,
  frozen,  // closed or open: a freeze of the operator's own decides
};

enum class Reason : std::uint8_t {
  outside_hours,   // allowed: the market is closed
  within_hours,    // allowed: the market is open, as required
  not_gated,       // allowed: nobody asked to gate this stage
  market_open,     // blocked
  market_closed,   // blocked: an open market is required
  around_session,  // blocked: the pad before the open or after the close
  lunch_break,     // blocked: the calendar counts the break as part of the session
  holiday,         // blocked: on_holiday says that a weekday without a session is blocked as well
  frozen,          // blocked: a freeze
  too_short,       // blocked: the time that is left is shorter than `need`
};

struct Verdict {
  time::Instant at;
  bool allowed = false;
  Market market = Market::closed;
  Reason reason = Reason::outside_hours;
  std::string name;         // the freeze, holiday or session that decides, where it has a name
  bool break_glass = true;  // whether somebody may override this block
  Day today;                // the calendar's day that holds the instant
  // The session that is on or comes next.
  std::optional<Session> session;
  // Blocked: when a promotion becomes possible. Empty when it never does as far as the calendar
  // reaches (a year).
  std::optional<time::Instant> allowed_at;
  // Allowed: until when.
  std::optional<time::Instant> blocked_at;
};

// Fails (unknown) when the instant lies outside what the calendar knows.
Result<Verdict> decide(const Calendar& calendar, const Policy& policy, time::Instant at);

// The spans in which promotions are allowed, within [from, to) and as far as the calendar reaches.
Result<Spans> allowed_spans(const Calendar& calendar, Require require, time::Instant from,
                            time::Instant to);

// "market_open": for programs.
std::string_view name_of(Reason reason);
std::string_view name_of(Market market);

}  // namespace stagegate::market_hours
