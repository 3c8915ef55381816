#include "plugins/market-hours-check/gate/gate.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// The built-in calendar that is the plain weekday rule, and the one that knows the holidays of the
// same market.
constexpr std::string_view kWeekdayRule = "us-equity-hours";
constexpr const char* kExchange = "xnys";

std::string holiday_note(const Day& day) {
  return cat("NYSE does not trade today (", day.name,
             "); calendar us-equity-hours counts every weekday. With `calendar: xnys` promotions "
             "are allowed on holidays");
}

std::string early_close_note(const Day& day, const time::Zone& zone) {
  return cat("NYSE closes at ", time::show_time(day.sessions.back().close, zone), " today (",
             day.name,
             "); calendar us-equity-hours knows no early closes. With `calendar: xnys` promotions "
             "are allowed from then on");
}

}  // namespace

Result<Gate> Gate::open(GateSettings settings) {
  auto calendar = load_calendar(settings.calendar, settings.adjustments);
  if (!calendar) return forward(calendar.error());
  std::optional<Calendar> exchange;
  if (settings.calendar == kWeekdayRule) {
    auto loaded = load_calendar(kExchange);
    if (!loaded) return forward(loaded.error());
    exchange = std::move(*loaded);
  }
  return Gate(std::move(settings), std::move(*calendar), std::move(exchange));
}

bool Gate::gates(const std::string& stage) const {
  const auto& gated = settings_.gated_stages;
  const std::string asked = text::lower(text::trim(stage));
  return gated.empty() || asked.empty() ||
         std::any_of(gated.begin(), gated.end(), [&](const std::string& name) {
           return text::lower(text::trim(name)) == asked;
         });
}

Result<> Gate::believe(time::Instant at) const {
  if (!settings_.built_at || at >= *settings_.built_at) return {};
  return unknown(cat("the clock shows ", time::rfc3339(at), ", but this program was built on ",
                     time::rfc3339(*settings_.built_at), ": set the clock of this machine"));
}

Result<Verdict> Gate::judge(const std::string& stage, time::Instant at) const {
  if (const auto believed = believe(at); !believed) return forward(believed.error());
  auto verdict = decide(calendar_, settings_.policy, at);
  if (!verdict || gates(stage)) return verdict;
  verdict->allowed = true;
  verdict->reason = Reason::not_gated;
  // What blocks others says nothing about this stage.
  verdict->name.clear();
  verdict->break_glass = true;
  verdict->allowed_at.reset();
  verdict->blocked_at.reset();
  return verdict;
}

std::vector<std::string> Gate::notes(const Verdict& verdict, const Asker& asker) const {
  std::vector<std::string> notes;
  if (exchange_ && !verdict.allowed && verdict.market == Market::open) {
    const auto day = exchange_->day(verdict.today.date);
    if (day && day->sessions.empty()) notes.push_back(holiday_note(*day));
    if (day && day->kind == Day::Kind::early_close) {
      notes.push_back(early_close_note(*day, calendar_.zone()));
    }
  }
  if (!verdict.today.published) {
    notes.push_back(cat("by rule, not yet published: ", calendar_.id(), " is official through ",
                        time::iso_date(calendar_.official_through())));
  }
  if (asker.simulated) {
    notes.push_back(cat("simulated: judged for ", time::rfc3339(verdict.at), ", not for now"));
  }
  return notes;
}

}  // namespace stagegate::market_hours
