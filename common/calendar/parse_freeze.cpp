// freezes and overrides.
#include <algorithm>

#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::YamlNode;

constexpr seconds kDay{86'400};

// A plain date, or a date with a time ("2026-12-21T00:00").
std::optional<Local> read_moment(const YamlNode& node, std::string_view key, bool is_end,
                                 Faults& faults) {
  const auto written = read_text(node, key, faults);
  if (!written) return std::nullopt;
  if (written->find(':') == std::string::npos) {
    const auto date = read_date(node, key, faults);
    if (!date) return std::nullopt;
    return Local{is_end ? *date + date::days{1} : *date};  // a plain date is meant inclusive
  }
  const auto local = time::parse_local(*written);
  if (!local) {
    faults.error(node.at, text::cat(key, ": ", local.error().message));
    return std::nullopt;
  }
  return *local;
}

std::optional<Freeze::Once> read_once(Fields& fields) {
  const YamlNode* from = fields.need("from");
  const YamlNode* to = fields.need("to");
  if (from == nullptr || to == nullptr) return std::nullopt;
  const auto begin = read_moment(*from, "from", false, fields.faults());
  const auto end = read_moment(*to, "to", true, fields.faults());
  if (!begin || !end) return std::nullopt;
  if (*begin >= *end) {
    fields.error(to->at, "the freeze ends before it begins");
    return std::nullopt;
  }
  return Freeze::Once{*begin, *end};
}

std::optional<Freeze::Weekly> read_weekly(Fields& fields) {
  const auto days = fields.weekdays("weekly");
  if (!days) return std::nullopt;
  Freeze::Weekly weekly;
  weekly.days = *days;
  weekly.first = fields.date("from");
  weekly.last = fields.date("to");
  weekly.from = fields.time("from_time").value_or(seconds{0});
  weekly.to = fields.time("to_time").value_or(kDay);
  if (*days == Weekdays{}) fields.error(fields.find("weekly")->at, "weekly names no weekday");
  if (weekly.first && weekly.last && *weekly.first > *weekly.last)
    fields.error(fields.find("to")->at, "to lies before from");
  if (weekly.from == weekly.to) {
    fields.error(fields.at(),
                 "from_time and to_time are the same; a whole day is from \"00:00\" to "
                 "\"24:00\"");
  }
  if (weekly.to == seconds{23 * 3600 + 59 * 60}) {
    fields.faults().warning(fields.find("to_time")->at,
                            "to_time \"23:59\" leaves the last minute of the day free; write "
                            "\"24:00\"");
  }
  if (weekly.to < weekly.from) weekly.to += kDay;  // over midnight
  return weekly;
}

std::optional<Freeze> read_freeze(Fields& fields) {
  Freeze freeze;
  fields.need("name");
  freeze.name = fields.text("name").value_or("");
  freeze.break_glass = fields.yes_or_no("break_glass").value_or(true);
  if (fields.has("weekly")) {
    const auto weekly = read_weekly(fields);
    if (!weekly) return std::nullopt;
    freeze.when = *weekly;
    return freeze;
  }
  for (const auto* key : {"from_time", "to_time"}) {
    if (fields.has(key)) fields.error(fields.find(key)->at, text::cat(key, " goes with weekly"));
  }
  const auto once = read_once(fields);
  if (!once) return std::nullopt;
  freeze.when = *once;
  return freeze;
}

std::optional<Override> read_override(Fields& fields) {
  fields.need("date");
  const auto date = fields.date("date");
  const auto state = fields.one_of<bool>("state", {{"open", false}, {"closed", true}});
  Override entry;
  entry.closed = state.value_or(false);
  entry.open = fields.time("open");
  entry.close = fields.time("close");
  entry.note = fields.text("note").value_or("");
  const bool hours = fields.has("open") || fields.has("close");
  if (!fields.has("state") && !hours)
    fields.error(fields.at(), "an override needs a state (closed or open), or hours: open, close");
  if (entry.closed && hours) fields.error(fields.at(), "a closed day has no open or close");
  if (entry.open && entry.close && *entry.open >= *entry.close)
    fields.error(fields.find("close")->at, "close is not after open");
  if (!date) return std::nullopt;
  entry.date = *date;
  entry.at = fields.at();
  return entry;
}

}  // namespace

void parse_freezes(const YamlNode& list, std::vector<Freeze>& freezes, Faults& faults) {
  for (const YamlNode& item : list_of(list, "freezes", faults)) {
    Fields fields(item, "a freeze",
                  {"name", "from", "to", "weekly", "from_time", "to_time", "break_glass"}, faults);
    if (item.kind != YamlNode::Kind::map) continue;
    if (auto freeze = read_freeze(fields)) freezes.push_back(std::move(*freeze));
  }
}

void parse_overrides(const YamlNode& list, std::vector<Override>& overrides, Faults& faults) {
  // A later source (the user's file, then a setting) may speak about a day again; one list may not.
  std::vector<Override> added;
  for (const YamlNode& item : list_of(list, "overrides", faults)) {
    Fields fields(item, "an override", {"date", "state", "open", "close", "note"}, faults);
    if (item.kind != YamlNode::Kind::map) continue;
    auto entry = read_override(fields);
    if (!entry) continue;
    const auto same_day = [&](const Override& other) { return other.date == entry->date; };
    if (std::any_of(added.begin(), added.end(), same_day)) {
      faults.error(item.at,
                   text::cat("there is a second override for ", time::iso_date(entry->date)));
    }
    std::erase_if(overrides, same_day);
    added.push_back(std::move(*entry));
  }
  overrides.insert(overrides.end(), added.begin(), added.end());
}

}  // namespace stagegate::market_hours
