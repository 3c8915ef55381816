#include "common/calendar/parse.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::YamlNode;

const std::vector<std::string> kKeys{
    "version",  "id",       "title",          "time_zone",   "base",       "weekdays",
    "sessions", "holidays", "early_closes",   "closures",    "freezes",    "overrides",
    "pad",      "valid",    "block_sessions", "lunch_break", "on_holiday", "horizon"};

void read_identity(Fields& fields, Schedule& schedule) {
  fields.need("version");
  fields.whole("version", 1, 1);
  const YamlNode* node = fields.need("id");
  const auto id = fields.text("id");
  if (id) {
    const bool plain = std::all_of(id->begin(), id->end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    if (!plain || id->size() > 64) {
      fields.error(node->at, text::cat("id: ", text::quoted(*id),
                                       " must be made of a-z, 0-9, -, _ and . (at most 64)"));
    }
    schedule.id = *id;
    schedule.title = *id;
  }
  if (const auto title = fields.text("title")) schedule.title = *title;
}

void read_zone(Fields& fields, Schedule& schedule) {
  const bool inherited = schedule.zone != nullptr;
  if (!inherited) fields.need("time_zone");
  const auto name = fields.text("time_zone");
  if (!name) return;
  const auto zone = time::Zone::find(*name);
  if (!zone) {
    fields.error(fields.find("time_zone")->at, zone.error().message);
    return;
  }
  if (inherited && *zone != schedule.zone) {
    fields.error(fields.find("time_zone")->at,
                 text::cat("time_zone differs from the base calendar's, ", schedule.zone->name(),
                           ": its hours would mean other instants"));
    return;
  }
  schedule.zone = *zone;
}

// A file may narrow the range of its base, not widen it: nobody has checked the rules out there.
void read_valid(Fields& fields, Schedule& schedule, bool has_base) {
  std::optional<Date> official;
  if (const YamlNode* node = fields.find("valid")) {
    Fields valid(*node, "valid", {"from", "official_through", "until"}, fields.faults());
    const auto from = valid.date("from");
    const auto until = valid.date("until");
    official = valid.date("official_through");
    if (has_base && from && *from < schedule.valid_from) {
      valid.error(valid.find("from")->at,
                  text::cat("the base calendar begins on ", time::iso_date(schedule.valid_from)));
    }
    if (has_base && until && *until > schedule.valid_until) {
      valid.error(valid.find("until")->at,
                  text::cat("the base calendar ends on ", time::iso_date(schedule.valid_until)));
    }
    schedule.valid_from = from.value_or(schedule.valid_from);
    schedule.valid_until = until.value_or(schedule.valid_until);
    if (schedule.valid_from > schedule.valid_until)
      valid.error(node->at, "the valid range ends before it begins");
  }
  if (!has_base) schedule.official_through = schedule.valid_until;
  schedule.official_through =
      official.value_or(std::min(schedule.official_through, schedule.valid_until));
  if (official && *official > schedule.valid_until)
    fields.error(fields.find("valid")->at,
                 "official_through lies after the end of the valid range");
}

void read_horizon(Fields& fields, Schedule& schedule) {
  const YamlNode* node = fields.find("horizon");
  if (node == nullptr) return;
  Fields horizon(*node, "horizon", {"official_through", "beyond"}, fields.faults());
  const auto official = horizon.date("official_through");
  const YamlNode* valid = fields.find("valid");
  if (official && valid != nullptr && valid->find("official_through") != nullptr) {
    horizon.error(horizon.find("official_through")->at,
                  "official_through stands in valid already; say it once");
  }
  if (official && *official > schedule.valid_until) {
    horizon.error(horizon.find("official_through")->at,
                  text::cat("the valid range ends on ", time::iso_date(schedule.valid_until)));
  }
  schedule.official_through = official.value_or(schedule.official_through);
  const auto beyond =
      horizon.one_of<Beyond>("beyond", {{"block", Beyond::block}, {"rule", Beyond::rule}});
  schedule.beyond = beyond.value_or(schedule.beyond);
}

void read_pad(Fields& fields, Schedule& schedule) {
  const YamlNode* node = fields.find("pad");
  if (node == nullptr) return;
  Fields pad(*node, "pad", {"before_open", "after_close"}, fields.faults());
  schedule.pad_before = pad.duration("before_open").value_or(schedule.pad_before);
  schedule.pad_after = pad.duration("after_close").value_or(schedule.pad_after);
}

void read_block_sessions(Fields& fields, Schedule& schedule) {
  const YamlNode* node = fields.find("block_sessions");
  if (node == nullptr) return;
  schedule.block_sessions.clear();
  for (const YamlNode* item : items_of(*node)) {
    if (const auto name = read_text(*item, "block_sessions", fields.faults()))
      schedule.block_sessions.push_back(*name);
  }
}

void read_choices(Fields& fields, Schedule& schedule) {
  const auto weekdays = fields.weekdays("weekdays");
  schedule.weekdays = weekdays.value_or(schedule.weekdays);
  if (weekdays && *weekdays == Weekdays{}) {
    fields.faults().warning(fields.find("weekdays")->at,
                            "no weekday is a trading day: this calendar never blocks by itself");
  }
  const auto lunch = fields.one_of<LunchBreak>(
      "lunch_break", {{"open", LunchBreak::open}, {"block", LunchBreak::block}});
  schedule.lunch_break = lunch.value_or(schedule.lunch_break);
  const auto holiday = fields.one_of<OnHoliday>(
      "on_holiday", {{"allow", OnHoliday::allow}, {"block", OnHoliday::block}});
  schedule.on_holiday = holiday.value_or(schedule.on_holiday);
}

// Lists add to those of the base; hours replace them, because two sets of hours make no sense.
void read_lists(Fields& fields, Schedule& schedule) {
  Faults& faults = fields.faults();
  if (const YamlNode* node = fields.find("sessions")) {
    schedule.hours.clear();
    parse_hours(*node, schedule.hours, faults);
  }
  if (const YamlNode* node = fields.find("holidays"))
    parse_holidays(*node, schedule.holidays, faults);
  if (const YamlNode* node = fields.find("early_closes"))
    parse_early_closes(*node, schedule.early_closes, faults);
  if (const YamlNode* node = fields.find("closures"))
    parse_closures(*node, schedule.closures, faults);
  if (const YamlNode* node = fields.find("freezes")) parse_freezes(*node, schedule.freezes, faults);
  if (const YamlNode* node = fields.find("overrides"))
    parse_overrides(*node, schedule.overrides, faults);
}

}  // namespace

Schedule parse_schedule(const YamlNode& document, const FindBase& find_base, Faults& faults) {
  Fields fields(document, "a calendar", kKeys, faults);
  if (document.kind != YamlNode::Kind::map) return {};
  Schedule schedule;
  schedule.valid_from = Date{date::year{1990} / 1 / 1};
  schedule.valid_until = Date{date::year{2040} / 12 / 31};
  bool has_base = false;
  if (const auto base = fields.text("base")) {
    auto found = find_base(*base);
    if (found) {
      schedule = std::move(*found);
      has_base = true;
      // What is inherited stands nowhere in this file.
      for (EarlyClose& early : schedule.early_closes) early.at = document.at;
    } else {
      // Without the base most else would look wrong: this one fault says it all.
      fields.error(fields.find("base")->at, found.error().message);
      return schedule;
    }
  } else if (!fields.has("sessions")) {
    fields.error(fields.at(), "a calendar needs sessions, or a base to inherit them from");
  }
  read_identity(fields, schedule);
  read_zone(fields, schedule);
  read_valid(fields, schedule, has_base);
  read_horizon(fields, schedule);
  read_pad(fields, schedule);
  read_block_sessions(fields, schedule);
  read_choices(fields, schedule);
  read_lists(fields, schedule);
  check_schedule(schedule, document.at, faults);
  return schedule;
}

}  // namespace stagegate::market_hours
