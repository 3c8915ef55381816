#include "plugins/market-hours-check/serve/board.hpp"

#include <algorithm>
#include <array>

#include "common/calendar/show.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using date::days;

constexpr days kShown{7};

Span day_span(time::Date date, const time::Zone& zone) {
  return {zone.to_instants(date).first, zone.to_instants(date + days{1}).first};
}

Spans within(const Span& day, const Spans& spans) {
  return subtract({day}, subtract({day}, spans));
}

std::vector<BoardDay::Freeze> freezes_within(const Span& day, const std::vector<Block>& blocks) {
  std::vector<BoardDay::Freeze> freezes;
  for (const Block& block : blocks) {
    const Span part{std::max(day.begin, block.begin), std::min(day.end, block.end)};
    if (block.cause != Block::Cause::freeze || part.begin >= part.end) continue;
    freezes.push_back({part, block.name});
  }
  return freezes;
}

// The calendar's last day ends blocked where the unknown day after it might reach into it.
std::vector<BoardDay> coming_days(const Stage& stage, time::Instant at) {
  const Calendar& calendar = stage.gate.calendar();
  const time::Zone& zone = calendar.zone();
  const auto today = date::floor<days>(zone.to_local(at));
  const auto last = std::min(calendar.horizon(), today + kShown - days{1});
  if (last < today) return {};
  const Span range{day_span(today, zone).begin, day_span(last, zone).end};
  const auto dates = days_between(calendar, today, last);
  const auto allowed = allowed_spans(calendar, stage.gate.policy().require, range.begin, range.end);
  const auto blocks =
      calendar.blocks(range.begin, std::min(range.end, calendar.blocks_known_until()));
  if (!dates || !allowed || !blocks) return {};

  const bool gated = stage.gate.gates(stage.name);
  const Spans blocked = gated ? subtract({range}, *allowed) : Spans{};
  std::vector<BoardDay> shown;
  for (const Day& day : *dates) {
    const Span span = day_span(day.date, zone);
    shown.push_back(
        {.day = day,
         .span = span,
         .blocked = within(span, blocked),
         .freezes = gated ? freezes_within(span, *blocks) : std::vector<BoardDay::Freeze>{}});
  }
  return shown;
}

std::string clock_label(time::Instant at, const BoardDay& day, const time::Zone& zone) {
  if (at == day.span.end) return "24:00";
  return time::show_time_of_day(zone.to_local(at) - day.day.date);
}

}  // namespace

BoardStage look_at(const Stage& stage, time::Instant at) {
  return {
      .stage = &stage, .verdict = stage.gate.judge(stage.name, at), .days = coming_days(stage, at)};
}

std::string short_day_label(time::Date date) {
  const date::year_month_day parts{date};
  return text::cat(weekday_name(date), " ", unsigned{parts.day()});
}

std::string day_label(time::Date date) {
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const date::year_month_day parts{date};
  return text::cat(short_day_label(date), " ", kMonths[unsigned{parts.month()} - 1]);
}

std::string hours_label(const Span& span, const BoardDay& day, const time::Zone& zone) {
  return text::cat(clock_label(span.begin, day, zone), "-", clock_label(span.end, day, zone));
}

std::string blocked_label(const BoardDay& day, const time::Zone& zone) {
  if (day.blocked.empty()) return "never";
  if (day.blocked == Spans{day.span}) return "all day";
  std::vector<std::string> parts;
  for (const Span& span : day.blocked) parts.push_back(hours_label(span, day, zone));
  return text::join(parts, ", ");
}

}  // namespace stagegate::market_hours
