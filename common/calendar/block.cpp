#include "common/calendar/block.hpp"

#include <algorithm>

#include "common/calendar/day.hpp"

namespace stagegate::market_hours {
namespace {

using Cause = Block::Cause;

void add_with_pads(const Schedule& schedule, Block block, std::vector<Block>& blocks) {
  if (schedule.pad_before.count() > 0) {
    blocks.push_back({block.begin - schedule.pad_before, block.begin, Cause::pad_before,
                      "before the " + block.name, true});
  }
  if (schedule.pad_after.count() > 0) {
    blocks.push_back({block.end, block.end + schedule.pad_after, Cause::pad_after,
                      "after the " + block.name, true});
  }
  blocks.push_back(std::move(block));
}

void add_lunch_breaks(const std::vector<Session>& sessions, std::vector<Block>& blocks) {
  for (std::size_t i = 1; i < sessions.size(); ++i) {
    const Session& morning = sessions[i - 1];
    const Session& afternoon = sessions[i];
    if (morning.name == afternoon.name && morning.close < afternoon.open) {
      blocks.push_back({morning.close, afternoon.open, Cause::lunch_break, "lunch break", true});
    }
  }
}

// With on_holiday: block the usual hours are blocked on every weekday, also where the market is
// closed or closes early. A day that an override closes stays closed: the override wins.
void add_holiday_hours(const Schedule& schedule, const Day& day, std::vector<Block>& blocks) {
  const bool by_rule = day.kind == Day::Kind::holiday || day.kind == Day::Kind::closure ||
                       day.kind == Day::Kind::early_close;
  if (!by_rule || override_on(schedule, day.date) != nullptr) return;
  for (const Session& usual : usual_sessions(schedule, day.date)) {
    time::Instant begin = usual.open;
    for (const Session& real : day.sessions) {
      if (real.open <= begin) begin = std::max(begin, real.close);
    }
    if (begin < usual.close)
      add_with_pads(schedule, {begin, usual.close, Cause::holiday, day.name, true}, blocks);
  }
}

}  // namespace

std::vector<Block> blocks_of_day(const Schedule& schedule, const Day& day) {
  std::vector<Block> blocks;
  for (const Session& session : day.sessions) {
    const std::string name = session.name + " session";
    add_with_pads(schedule, {session.open, session.close, Cause::session, name, true}, blocks);
  }
  if (schedule.lunch_break == LunchBreak::block) add_lunch_breaks(day.sessions, blocks);
  if (schedule.on_holiday == OnHoliday::block) add_holiday_hours(schedule, day, blocks);
  return blocks;
}

Reach reach(const Schedule& schedule) {
  constexpr seconds kDay{86'400};
  Reach reach;
  const auto widen = [&](seconds open, seconds close) {
    reach.before = std::max(reach.before, schedule.pad_before - open);
    reach.after = std::max(reach.after, close + schedule.pad_after - kDay);
  };
  for (const HoursTable& table : schedule.hours) {
    for (const Hours& hours : table.hours) widen(hours.open, hours.close);
  }
  for (const Override& entry : schedule.overrides)
    widen(entry.open.value_or(seconds{0}), entry.close.value_or(kDay));
  return reach;
}

}  // namespace stagegate::market_hours
