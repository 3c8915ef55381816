// sessions: "09:30-16:00", "-1d 17:00-17:00", "22:00-+1d 02:00".
#include <algorithm>

#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::YamlNode;

std::optional<seconds> read_shifted_time(std::string_view written, std::string_view prefix,
                                         seconds shift) {
  written = text::trim(written);
  const bool shifted = written.starts_with(prefix);
  if (shifted) written = text::trim(written.substr(prefix.size()));
  const auto time = time::parse_time_of_day(written);
  if (!time) return std::nullopt;
  return *time + (shifted ? shift : seconds{0});
}

std::optional<Hours> read_hours(const YamlNode& node, Faults& faults) {
  constexpr seconds kDay{86'400};
  const auto written = read_text(node, "a session", faults);
  if (!written) return std::nullopt;
  if (!node.quoted) {
    faults.error(node.at, text::cat("write \"", *written, "\" in quotes, as all times"));
    return std::nullopt;
  }
  // The dash in the middle is the first one that is not the sign of "-1d".
  const std::size_t dash = written->find('-', 1);
  std::optional<Hours> hours;
  if (dash != std::string::npos) {
    const std::string_view whole = *written;
    const auto open = read_shifted_time(whole.substr(0, dash), "-1d", -kDay);
    const auto close = read_shifted_time(whole.substr(dash + 1), "+1d", kDay);
    if (open && close) hours = Hours{*open, *close};
  }
  if (!hours) {
    faults.error(node.at, text::cat(text::quoted(*written),
                                    " is no session; expected one like \"09:30-16:00\", or "
                                    "\"-1d 17:00-17:00\" that opens the evening before"));
    return std::nullopt;
  }
  if (hours->open >= hours->close) {
    faults.error(node.at, text::cat(text::quoted(*written),
                                    " ends before it begins; a session that opens the evening "
                                    "before is written \"-1d 17:00-17:00\""));
    return std::nullopt;
  }
  if (hours->close - hours->open > kDay) {
    faults.error(node.at, text::cat(text::quoted(*written), " is longer than a day"));
    return std::nullopt;
  }
  return hours;
}

void report_overlap(const std::vector<Hours>& hours, text::Position at, Faults& faults) {
  for (std::size_t i = 1; i < hours.size(); ++i) {
    if (hours[i].open < hours[i - 1].close)
      faults.error(at, "the sessions of one day must follow each other in order of time");
  }
}

}  // namespace

void parse_hours(const YamlNode& list, std::vector<HoursTable>& tables, Faults& faults) {
  for (const YamlNode& item : list_of(list, "sessions", faults)) {
    Fields fields(item, "a session table", {"from", "until", "at", "name"}, faults);
    const YamlNode* at = fields.need("at");
    if (at == nullptr) continue;
    HoursTable table;
    table.from = fields.date("from");
    table.until = fields.date("until");
    if (table.from && table.until && *table.from > *table.until)
      fields.error(fields.find("until")->at, "until lies before from");
    const std::string name = fields.text("name").value_or("core");
    if (std::find(kSessionNames.begin(), kSessionNames.end(), name) == kSessionNames.end()) {
      fields.error(fields.find("name")->at,
                   text::cat("name: ", text::quoted(name), " is not one of ",
                             text::join(kSessionNames, ", ")));
    }
    for (const YamlNode* session : items_of(*at)) {
      if (auto hours = read_hours(*session, faults)) {
        hours->name = name;
        table.hours.push_back(std::move(*hours));
      }
    }
    report_overlap(table.hours, at->at, faults);
    tables.push_back(std::move(table));
  }
}

}  // namespace stagegate::market_hours
