// A gate: the calendar and the rule that promotions of some stage are judged by, and the answer it
// gives, in words for people and as JSON. The same answer is printed by `check` and served over
// HTTP.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "plugins/market-hours-check/gate/decide.hpp"

namespace stagegate::market_hours {

struct GateSettings {
  std::string calendar;  // id or path
  Adjustments adjustments;
  Policy policy;
  std::vector<std::string> gated_stages;  // empty: all
  // When this program was built: no honest clock shows less. Empty where the instant is given.
  std::optional<time::Instant> built_at = {};
};

// Who asks. None of it decides, except the stage where only some are gated.
struct Asker {
  std::string stage;
  std::string image_tag;
  bool simulated = false;  // the instant was given, it is not the clock's
};

class Gate {
 public:
  // Fails when the calendar cannot be loaded.
  static Result<Gate> open(GateSettings settings);

  const Calendar& calendar() const { return calendar_; }
  const Policy& policy() const { return settings_.policy; }
  const GateSettings& settings() const { return settings_; }
  // A promotion that names no stage is gated: nothing says that it may pass. Case and blanks around
  // a name make no other stage of it.
  bool gates(const std::string& stage) const;

  // Fails when it is an instant that no clock can honestly show.
  Result<> believe(time::Instant at) const;

  // A stage that is not gated is always allowed. Every instant must be believed: a clock may be set
  // back while somebody waits.
  Result<Verdict> judge(const std::string& stage, time::Instant at) const;

  // What people should know beside the verdict: a literal weekday rule on an exchange's holiday,
  // hours that are not published yet, a simulated clock.
  std::vector<std::string> notes(const Verdict& verdict, const Asker& asker) const;

 private:
  Gate(GateSettings settings, Calendar calendar, std::optional<Calendar> exchange)
      : settings_(std::move(settings)),
        calendar_(std::move(calendar)),
        exchange_(std::move(exchange)) {}

  GateSettings settings_;
  Calendar calendar_;
  std::optional<Calendar> exchange_;  // xnys, where the rule knows no holidays
};

// One sentence: "blocked: market open (us-equity-hours), closes 16:00 EST, in 2 h 13 min"
std::string headline(const Gate& gate, const Verdict& verdict);

// What a waiting step waits for, without the countdown: it stays the same while nothing changes.
std::string waiting_for(const Gate& gate, const Verdict& verdict);

// The headline and what lies behind it, a line each.
std::string answer_text(const Gate& gate, const Verdict& verdict, const Asker& asker);

// The members that every answer has (docs.md lists them). Instants are RFC 3339 in UTC, lengths are
// seconds.
text::Json answer_json(const Gate& gate, const Verdict& verdict, const Asker& asker);

}  // namespace stagegate::market_hours
