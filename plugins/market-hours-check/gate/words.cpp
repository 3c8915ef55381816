// How a verdict is told.
#include "common/calendar/show.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

std::string in(time::Instant from, time::Instant to) {
  return cat("in ", text::spoken_duration(to - from));
}

// The time alone when it is today, else with the day.
std::string when(const Gate& gate, const Verdict& verdict, time::Instant instant) {
  const auto& zone = gate.calendar().zone();
  const auto day = [&](time::Instant at) { return date::floor<date::days>(zone.to_local(at)); };
  return day(instant) == day(verdict.at) ? time::show_time(instant, zone)
                                         : time::show_day_and_time(instant, zone);
}

std::string session_opens(const Gate& gate, const Verdict& verdict) {
  if (!verdict.session || verdict.session->open <= verdict.at) return "";
  return cat(", opens ", when(gate, verdict, verdict.session->open), ", ",
             in(verdict.at, verdict.session->open));
}

std::string session_closes(const Gate& gate, const Verdict& verdict) {
  if (!verdict.session || verdict.session->open > verdict.at) return "";
  return cat(", closes ", when(gate, verdict, verdict.session->close), ", ",
             in(verdict.at, verdict.session->close));
}

std::string why_allowed(const Gate& gate, const Verdict& verdict) {
  const std::string& id = gate.calendar().id();
  switch (verdict.reason) {
    case Reason::not_gated:
      return "this stage is not gated";
    case Reason::within_hours:
      return cat("market open (", id, ")", session_closes(gate, verdict));
    default:
      break;
  }
  const bool named = verdict.today.sessions.empty() && !verdict.today.name.empty();
  return cat("market closed (", id, named ? cat(", ", verdict.today.name) : "", ")",
             session_opens(gate, verdict));
}

std::string lifted(const Gate& gate, const Verdict& verdict) {
  if (!verdict.allowed_at) return ", no end in sight";
  return cat(", until ", when(gate, verdict, *verdict.allowed_at), ", ",
             in(verdict.at, *verdict.allowed_at));
}

std::string why_blocked(const Gate& gate, const Verdict& verdict) {
  const std::string& id = gate.calendar().id();
  switch (verdict.reason) {
    case Reason::market_open:
      return cat("market open (", id, ")", session_closes(gate, verdict));
    case Reason::market_closed:
      return cat("market closed (", id, ") and this gate requires an open one",
                 session_opens(gate, verdict));
    case Reason::around_session:
      return cat("too close to the session (", id, ", ", verdict.name, ")", lifted(gate, verdict));
    case Reason::lunch_break:
      return cat("lunch break (", id, ") counts as session", lifted(gate, verdict));
    case Reason::holiday:
      return cat("usual hours of ", id, " are blocked on ", verdict.name,
                 " too (on_holiday: block)", lifted(gate, verdict));
    case Reason::frozen:
      return cat("frozen: ", verdict.name, lifted(gate, verdict));
    default:
      break;
  }
  return cat("not enough time: ", text::spoken_duration(gate.policy().need),
             " needed, but the market ",
             gate.policy().require == Require::closed
                 ? cat("is blocked again too soon", session_opens(gate, verdict))
                 : cat("is not open that long", session_closes(gate, verdict)));
}

text::Json instant_or_null(const std::optional<time::Instant>& instant) {
  return instant ? text::Json(time::rfc3339(*instant)) : text::Json();
}

text::Json seconds_or_null(time::Instant from, const std::optional<time::Instant>& to) {
  return to ? text::Json(std::int64_t{(*to - from).count()}) : text::Json();
}

void line(std::string& out, std::string_view label, const std::string& value) {
  if (value.empty()) return;
  out += cat("\n  ", label, std::string(label.size() < 13 ? 13 - label.size() : 1, ' '), value);
}

std::string day_text(const Day& day, const time::Zone& zone) {
  std::string out =
      cat(weekday_name(day.date), " ", time::iso_date(day.date), ", ", to_text(day.kind));
  if (!day.name.empty()) out += cat(", ", day.name);
  if (!day.sessions.empty()) out += cat(", ", show_hours(day, zone));
  return out;
}

}  // namespace

std::string headline(const Gate& gate, const Verdict& verdict) {
  return verdict.allowed ? cat("allowed: ", why_allowed(gate, verdict))
                         : cat("blocked: ", why_blocked(gate, verdict));
}

std::string waiting_for(const Gate& gate, const Verdict& verdict) {
  std::string out = cat("waiting: ", name_of(verdict.reason), " (", gate.calendar().id(), ")");
  if (!verdict.name.empty()) out += cat(" ", verdict.name);
  if (verdict.allowed_at) {
    out += cat(", until ", time::show_day_and_time(*verdict.allowed_at, gate.calendar().zone()));
  }
  return out;
}

std::string answer_text(const Gate& gate, const Verdict& verdict, const Asker& asker) {
  const auto& zone = gate.calendar().zone();
  std::string out = headline(gate, verdict);
  line(out, "stage", asker.stage);
  line(out, "image tag", asker.image_tag);
  line(out, asker.simulated ? "at" : "now", time::show_day_and_time(verdict.at, zone));
  line(out, "day", day_text(verdict.today, zone));
  const auto change = verdict.allowed ? verdict.blocked_at : verdict.allowed_at;
  if (change) {
    line(out, verdict.allowed ? "blocked from" : "allowed from",
         cat(time::show_day_and_time(*change, zone), ", ", in(verdict.at, *change)));
  } else if (verdict.reason != Reason::not_gated) {
    line(out, verdict.allowed ? "blocked" : "allowed",
         "never, as far as the calendar reaches (at most a year ahead)");
  }
  for (const auto& note : gate.notes(verdict, asker)) line(out, "note", note);
  return out;
}

text::Json answer_json(const Gate& gate, const Verdict& verdict, const Asker& asker) {
  const auto opens = verdict.session ? std::optional(verdict.session->open) : std::nullopt;
  const auto closes = verdict.session ? std::optional(verdict.session->close) : std::nullopt;
  const bool open = opens && *opens <= verdict.at;
  text::Json::Array notes;
  for (auto& note : gate.notes(verdict, asker)) notes.emplace_back(std::move(note));
  return text::Json()
      .set("allowed", verdict.allowed)
      .set("reason", name_of(verdict.reason))
      .set("message", headline(gate, verdict))
      .set("state", name_of(verdict.market))
      .set("stage", asker.stage)
      .set("image_tag", asker.image_tag)
      .set("calendar", gate.calendar().id())
      .set("time_zone", gate.calendar().zone().name())
      .set("require", gate.policy().require == Require::closed ? "closed" : "open")
      .set("at", time::rfc3339(verdict.at))
      .set("simulated", asker.simulated)
      .set("name", verdict.name)
      .set("opens_at", instant_or_null(opens))
      .set("closes_at", instant_or_null(closes))
      .set("market_closes_in_seconds", open ? seconds_or_null(verdict.at, closes) : text::Json())
      .set("allowed_at", instant_or_null(verdict.allowed_at))
      .set("allowed_in_seconds", seconds_or_null(verdict.at, verdict.allowed_at))
      .set("blocked_at", instant_or_null(verdict.blocked_at))
      .set("blocked_in_seconds", seconds_or_null(verdict.at, verdict.blocked_at))
      .set("may_break_glass", !verdict.allowed && verdict.break_glass)
      .set("day", to_json(verdict.today))
      .set("notes", std::move(notes));
}

}  // namespace stagegate::market_hours
