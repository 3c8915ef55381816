#include "common/calendar/calendar.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "common/calendar/block.hpp"
#include "common/calendar/day.hpp"
#include "common/calendar/schedule.hpp"
#include "common/calendar/year.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {

// Years are evaluated when somebody asks for them and kept. Their tables never change.
class YearCache {
 public:
  const YearTable& of(const Schedule& schedule, Date date) {
    const auto year = static_cast<int>(date::year_month_day{date}.year());
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(year);
    if (found != tables_.end()) return found->second;
    return tables_.emplace(year, evaluate_year(schedule, year)).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<int, YearTable> tables_;
};

namespace {
constexpr std::chrono::hours kMostShift{4};  // what a zone change may add to a block, with room
}  // namespace

std::string_view to_text(Day::Kind kind) {
  switch (kind) {
    case Day::Kind::session:
      return "session";
    case Day::Kind::early_close:
      return "early close";
    case Day::Kind::changed_hours:
      return "changed hours";
    case Day::Kind::holiday:
      return "holiday";
    case Day::Kind::day_off:
      return "no trading day";
    case Day::Kind::closure:
      return "closure";
  }
  return "";
}

std::string_view to_text(Block::Cause cause) {
  switch (cause) {
    case Block::Cause::session:
      return "session";
    case Block::Cause::pad_before:
      return "pad before";
    case Block::Cause::pad_after:
      return "pad after";
    case Block::Cause::lunch_break:
      return "lunch break";
    case Block::Cause::holiday:
      return "holiday";
    case Block::Cause::freeze:
      return "freeze";
  }
  return "";
}

Calendar::Calendar(std::shared_ptr<const Schedule> schedule)
    : schedule_(std::move(schedule)), years_(std::make_shared<YearCache>()) {}

const std::string& Calendar::id() const {
  return schedule_->id;
}
const std::string& Calendar::title() const {
  return schedule_->title;
}
const time::Zone& Calendar::zone() const {
  return *schedule_->zone;
}
const std::string& Calendar::source() const {
  return schedule_->source;
}
time::Date Calendar::valid_from() const {
  return schedule_->valid_from;
}
time::Date Calendar::official_through() const {
  return schedule_->official_through;
}

time::Date Calendar::horizon() const {
  if (schedule_->beyond == Beyond::rule) return schedule_->valid_until;
  return std::min(schedule_->valid_until, schedule_->official_through);
}

Result<Day> Calendar::day(time::Date date) const {
  const auto outside = [&](std::string_view what, std::string_view mend) {
    return unknown(text::cat("calendar ", id(), " (", source(), ") knows nothing about ",
                             time::iso_date(date), ": it ", what, "; ", mend));
  };
  if (date < valid_from()) {
    return outside(text::cat("begins on ", time::iso_date(valid_from())),
                   "set valid.from in a calendar file of your own if its rules hold before");
  }
  if (date > horizon() && date <= schedule_->valid_until) {
    return outside(text::cat("is published through ", time::iso_date(official_through()),
                             " and horizon.beyond is \"block\""),
                   "move horizon.official_through once the exchange has published more");
  }
  if (date > horizon()) {
    return outside(text::cat("ends on ", time::iso_date(horizon())),
                   "use a newer release, or a calendar file with a later valid.until");
  }
  return evaluate_day(*schedule_, years_->of(*schedule_, date), date);
}

time::Instant Calendar::blocks_known_until() const {
  return zone().to_instants(horizon() + date::days{1}).first - reach(*schedule_).before;
}

Result<std::vector<Block>> Calendar::blocks(time::Instant from, time::Instant to) const {
  std::vector<Block> blocks;
  if (from >= to) return blocks;
  const auto local_day = [&](time::Instant instant) {
    return date::floor<date::days>(zone().to_local(instant));
  };
  // Every day in the range must be known, and so must the neighbours whose blocks may reach into
  // it. Where the clocks change a block may reach a little further: those neighbours count if they
  // are known, so that the first and the last valid day can be asked about.
  const Reach spill = reach(*schedule_);
  const Date first = local_day(from - spill.after);
  const Date last = local_day(to - seconds{1} + spill.before);
  const Date first_near = local_day(from - spill.after - kMostShift);
  const Date last_near = local_day(to + spill.before + kMostShift);
  for (Date date = first_near; date <= last_near; date += date::days{1}) {
    const bool needed = date >= first && date <= last;
    auto found = day(date);
    if (!found && !needed) continue;
    if (!found) return forward(std::move(found.error()));
    for (Block& block : blocks_of_day(*schedule_, *found)) {
      if (block.begin < to && block.end > from) blocks.push_back(std::move(block));
    }
  }
  for (Block& block : freezes_between(*schedule_, from, to)) blocks.push_back(std::move(block));
  std::sort(blocks.begin(), blocks.end(), [](const Block& left, const Block& right) {
    return std::pair(left.begin, left.end) < std::pair(right.begin, right.end);
  });
  return blocks;
}

}  // namespace stagegate::market_hours
