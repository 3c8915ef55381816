// When a market trades, and when promotions are blocked because of it. A calendar is data (a YAML
// file, built in or the user's own) and answers for its valid range only: outside of it everything
// is unknown, and unknown blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/yaml.hpp"
#include "common/time/instant.hpp"
#include "common/time/zone.hpp"

namespace stagegate::market_hours {

// Half-open: at `close` the session is over.
struct Session {
  time::Instant open;
  time::Instant close;
  std::string name = "core";

  bool operator==(const Session&) const = default;
};

struct Day {
  enum class Kind : std::uint8_t {
    session,        // the regular hours
    early_close,    // the calendar's rules end it early
    changed_hours,  // an override sets other hours
    holiday,
    day_off,  // no trading day of the week: a weekend, as a rule
    closure,  // closed for once: by the calendar's list or by an override
  };

  time::Date date;
  Kind kind = Kind::session;
  std::string name;               // of the holiday, early close or closure; an override's note
  std::vector<Session> sessions;  // in order; a lunch break makes two
  bool published = true;          // false: by rule, past what the exchange has published
};

// "session", "early close", "changed hours", "holiday", "no trading day", "closure"
std::string_view to_text(Day::Kind kind);

// A time in which promotions are blocked, half-open.
struct Block {
  enum class Cause : std::uint8_t {
    session,
    pad_before,
    pad_after,
    lunch_break,
    holiday,  // the usual hours on a day without trading, with on_holiday: block
    freeze,
  };

  time::Instant begin;
  time::Instant end;
  Cause cause = Cause::session;
  std::string name;         // "core session", "Thanksgiving Day", "earnings week"
  bool break_glass = true;  // may somebody with the right to do so override it

  bool operator==(const Block&) const = default;
};

// "session", "pad before", "pad after", "lunch break", "holiday", "freeze"
std::string_view to_text(Block::Cause cause);

enum class OnHoliday : std::uint8_t { allow, block };
enum class LunchBreak : std::uint8_t { open, block };
enum class Beyond : std::uint8_t { rule, block };  // what holds past official_through

// What settings change about a calendar, on top of its file.
struct Adjustments {
  std::optional<time::seconds> pad_before;
  std::optional<time::seconds> pad_after;
  std::optional<OnHoliday> on_holiday;
  std::optional<LunchBreak> lunch_break;
  std::optional<Beyond> beyond;
  std::vector<std::string> block_sessions;  // empty: what the file says (as a rule "core" only)
  std::optional<text::YamlNode> freezes;    // a list like the file's `freezes`
  std::optional<text::YamlNode> overrides;  // a list like the file's `overrides`
};

struct Schedule;  // what a calendar is made of (schedule.hpp)
class YearCache;  // years that have been asked for before

// Immutable; copies are cheap and may be used from several threads.
class Calendar {
 public:
  explicit Calendar(std::shared_ptr<const Schedule> schedule);

  const std::string& id() const;
  const std::string& title() const;
  const time::Zone& zone() const;
  // Where it came from: "built-in calendar xnys" or the file's path.
  const std::string& source() const;
  time::Date valid_from() const;        // the first day it answers for
  time::Date horizon() const;           // the last day it answers for
  time::Date official_through() const;  // the last day that the exchange has published

  // The end of what blocks() can be asked about: the end of the last day, less what blocks of the
  // day after it may reach into it.
  time::Instant blocks_known_until() const;

  // Fails (kind unknown) outside [valid_from, horizon] and names what to mend.
  Result<Day> day(time::Date date) const;

  // All blocks that overlap [from, to), sorted by begin, not merged, not cut to the range. Fails as
  // day() does when any day that matters lies outside the valid range.
  Result<std::vector<Block>> blocks(time::Instant from, time::Instant to) const;

 private:
  std::shared_ptr<const Schedule> schedule_;
  std::shared_ptr<YearCache> years_;
};

// By the id of a built-in calendar, or by the path of a file: anything with a '/' or that ends in
// .yaml or .yml. Every failure is of kind unknown: a gate that cannot read its calendar must block.
// The message of a bad file has one line for each fault: "path:line:column: what is wrong".
Result<Calendar> load_calendar(const std::string& id_or_path, const Adjustments& adjustments = {});

struct Builtin {
  std::string id;
  std::string title;
};
std::vector<Builtin> builtin_calendars();

}  // namespace stagegate::market_hours
