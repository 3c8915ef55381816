#include <algorithm>

#include "common/calendar/block.hpp"
#include "common/calendar/day.hpp"

namespace stagegate::market_hours {
namespace {

using time::Instant;

struct Span {
  Instant begin;
  Instant end;
};

Span span_of(const time::Zone& zone, Local from, Local to) {
  return {zone.to_instants(from).first, zone.to_instants(to).last};
}

Date local_date(const time::Zone& zone, Instant instant) {
  return date::floor<date::days>(zone.to_local(instant));
}

std::vector<Span> spans_of(const time::Zone& zone, const Freeze::Once& once, Instant, Instant) {
  return {span_of(zone, once.from, once.to)};
}

std::vector<Span> spans_of(const time::Zone& zone, const Freeze::Weekly& weekly, Instant from,
                           Instant to) {
  std::vector<Span> spans;
  const Date last = local_date(zone, to) + date::days{1};
  // Two days back: the evening that reaches into this morning, and the change of date itself.
  for (Date day = local_date(zone, from) - date::days{2}; day <= last; day += date::days{1}) {
    const bool outside =
        (weekly.first && day < *weekly.first) || (weekly.last && day > *weekly.last);
    if (outside || !contains(weekly.days, day)) continue;
    spans.push_back(span_of(zone, day + weekly.from, day + weekly.to));
  }
  return spans;
}

// The days that an override closes, without the time that lies in them.
std::vector<Span> less_closed_days(const Schedule& schedule, Span whole) {
  std::vector<Span> rest{whole};
  for (const Override& entry : schedule.overrides) {
    if (!entry.closed) continue;
    const Span closed = span_of(*schedule.zone, entry.date, Local{entry.date + date::days{1}});
    std::vector<Span> left;
    for (const Span& span : rest) {
      if (span.begin < std::min(span.end, closed.begin))
        left.push_back({span.begin, std::min(span.end, closed.begin)});
      if (std::max(span.begin, closed.end) < span.end)
        left.push_back({std::max(span.begin, closed.end), span.end});
    }
    rest = std::move(left);
  }
  return rest;
}

}  // namespace

std::vector<Block> freezes_between(const Schedule& schedule, Instant from, Instant to) {
  std::vector<Block> blocks;
  for (const Freeze& freeze : schedule.freezes) {
    const auto spans = std::visit(
        [&](const auto& when) { return spans_of(*schedule.zone, when, from, to); }, freeze.when);
    for (const Span& span : spans) {
      // Nobody may override a freeze without break_glass, not even by way of the calendar.
      const auto parts =
          freeze.break_glass ? less_closed_days(schedule, span) : std::vector<Span>{span};
      for (const Span& part : parts) {
        if (part.begin < part.end && part.begin < to && part.end > from) {
          blocks.push_back(
              {part.begin, part.end, Block::Cause::freeze, freeze.name, freeze.break_glass});
        }
      }
    }
  }
  return blocks;
}

}  // namespace stagegate::market_hours
