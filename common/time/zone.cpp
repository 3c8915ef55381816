#include "common/time/zone.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "common/text/text.hpp"
#include "common/time/tzif.hpp"
#include "common/time/zone_data.hpp"

namespace stagegate::time {
namespace {

// Zones live as long as the program: whoever holds one may keep its address.
struct Registry {
  std::mutex mutex;
  std::map<std::string, Zone, std::less<>> zones;
  std::string directory;  // empty: the built-in data
};

Registry& registry() {
  static Registry instance;
  return instance;
}

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20;

Result<std::string> read_zone_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return unknown("no such file in tzdir");
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMostFileBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad() || !file.eof()) return unknown("the file cannot be read, or is too long");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

// A zone's name is a path below the directory: it must not lead out of it.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 100) return false;
  for (const auto part : text::split(name, '/')) {
    if (part.empty() || part.front() == '.') return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/_+-.").find(c) != std::string_view::npos;
  });
}

Result<std::string> zone_bytes(std::string_view name, const std::string& directory) {
  if (!directory.empty()) return read_zone_file(std::filesystem::path(directory) / name);
  const auto zones = embedded_zones();
  const auto found = std::lower_bound(zones.begin(), zones.end(), name,
                                      [](const EmbeddedZone& zone, std::string_view wanted) {  //
                                        return zone.name < wanted;
                                      });
  if (found != zones.end() && found->name == name) return std::string(embedded_bytes(*found));
  const std::vector<std::string> known = Zone::names();
  const auto near = text::nearest(name, known);
  return unknown(text::cat("unknown time zone ", text::quoted(name),
                           near.empty() ? "" : text::cat("; did you mean ", near, "?")));
}

using Transition = TransitionTable::Transition;

// The first transition after the instant.
auto next_transition(const std::vector<Transition>& list, Instant instant) {
  const auto later = [](Instant wanted, const Transition& change) { return wanted < change.at; };
  return std::upper_bound(list.begin(), list.end(), instant, later);
}

// After the last transition the rule holds; but until the rule's own next change it is the
// transition's type that counts. The two agree, as RFC 9636 demands, unless zic has dropped a
// transition that it took for redundant (`zic -b slim` of glibc 2.36 does so for America/Ojinaga in
// November 2022); users bring such files with tzdir.
const LocalType& type_after_table(const TransitionTable& table, Instant instant) {
  const auto period = table.rule.at(instant);
  const bool inherited = period.since != Instant::min() && !table.transitions.empty() &&
                         period.since <= table.transitions.back().at;
  return inherited ? table.types[table.transitions.back().type] : *period.type;
}

const LocalType& type_at(const TransitionTable& table, Instant instant) {
  const auto& list = table.transitions;
  const auto next = next_transition(list, instant);
  if (next == list.end()) return type_after_table(table, instant);
  if (next == list.begin()) return table.types.front();
  return table.types[std::prev(next)->type];
}

struct Change {
  Instant at;
  seconds before;
  seconds after;
};

void append_rule_changes(const PosixRule& rule, Instant from, Instant to,
                         std::vector<Change>& changes) {
  const auto year = [](Instant instant) {
    return date::year_month_day{date::floor<date::days>(instant)}.year();
  };
  for (auto of = year(from) - date::years{1}; of <= year(to) + date::years{1}; ++of) {
    const auto pair = rule.changes(of);
    if (!pair) return;
    for (const auto& change : *pair) {
      if (change.at > from && change.at <= to)
        changes.push_back({change.at, change.before->offset, change.after->offset});
    }
  }
}

// The changes of offset in (from, to], in order.
std::vector<Change> changes_between(const TransitionTable& table, Instant from, Instant to) {
  std::vector<Change> changes;
  const auto& list = table.transitions;
  for (auto next = next_transition(list, from); next != list.end() && next->at <= to; ++next)
    changes.push_back({next->at, seconds{0}, table.types[next->type].offset});
  const Instant rule_begin = list.empty() ? from : std::max(from, list.back().at);
  if (rule_begin < to) append_rule_changes(table.rule, rule_begin, to, changes);

  seconds offset = type_at(table, from).offset;
  for (Change& change : changes) change.before = std::exchange(offset, change.after);
  std::erase_if(changes, [](const Change& change) { return change.before == change.after; });
  return changes;
}

}  // namespace

Zone::Zone(std::string name, TransitionTable table)
    : name_(std::move(name)), table_(std::make_unique<const TransitionTable>(std::move(table))) {}

Zone::~Zone() = default;

Result<const Zone*> Zone::find(std::string_view name) {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  if (const auto found = known.zones.find(name); found != known.zones.end()) return &found->second;
  if (!is_zone_name(name)) {
    return unknown(text::cat(text::quoted(name),
                             " is no time zone; expected a name like \"America/New_York\""));
  }
  auto bytes = zone_bytes(name, known.directory);
  if (!bytes) {
    if (known.directory.empty()) return forward(std::move(bytes.error()));
    return unknown(text::cat("time zone ", text::quoted(name), ": ", bytes.error().message));
  }
  auto table = parse_tzif(*bytes);
  if (!table)
    return unknown(text::cat("time zone ", text::quoted(name), ": ", table.error().message));
  const auto [added, fresh] =
      known.zones.try_emplace(std::string(name), std::string(name), std::move(*table));
  return &added->second;
}

std::vector<std::string> Zone::names() {
  std::vector<std::string> names;
  for (const auto& zone : embedded_zones()) names.emplace_back(zone.name);
  return names;
}

const std::string& Zone::name() const {
  return name_;
}

ZoneOffset Zone::at(Instant instant) const {
  const LocalType& type = type_at(*table_, instant);
  return {type.offset, type.abbrev, type.daylight_saving};
}

Local Zone::to_local(Instant instant) const {
  return Local{instant.time_since_epoch() + type_at(*table_, instant).offset};
}

LocalInstants Zone::to_instants(Local local) const {
  // No offset is longer than 26 hours: everything that may matter lies this close.
  constexpr std::chrono::hours kReach{27};
  const Instant middle{local.time_since_epoch()};
  const Instant from = middle - kReach;
  const auto changes = changes_between(*table_, from, middle + kReach);

  // Between two changes the offset stands still, and the local time has at most one reading.
  std::vector<Instant> readings;
  std::optional<Instant> gap_end;
  Instant begin = from;
  seconds offset = type_at(*table_, from).offset;
  for (const Change& change : changes) {
    const Instant reading = middle - offset;
    if (reading >= begin && reading < change.at) readings.push_back(reading);
    if (reading >= change.at && middle - change.after < change.at) gap_end = change.at;
    begin = change.at;
    offset = change.after;
  }
  if (middle - offset >= begin) readings.push_back(middle - offset);

  if (readings.empty()) {
    const Instant first = gap_end.value_or(middle - offset);
    return {LocalInstants::Kind::skipped, first, first};
  }
  if (readings.size() == 1) {
    return {LocalInstants::Kind::unique, readings.front(), readings.front()};
  }
  return {LocalInstants::Kind::repeated, readings.front(), readings.back()};
}

std::vector<Instant> Zone::changes(Instant from, Instant to) const {
  std::vector<Instant> instants;
  for (const Change& change : changes_between(*table_, from, to)) instants.push_back(change.at);
  return instants;
}

std::string_view zone_data_version() {
  return embedded_version();
}

Result<> use_zone_directory(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error))
    return unknown(text::cat("time zone directory ", text::quoted(path), " is no directory"));
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  known.directory = path;
  return {};
}

std::string show_time(Instant instant, const Zone& zone) {
  const Local local = zone.to_local(instant);
  const seconds since_midnight = local - date::floor<date::days>(local);
  return text::cat(show_time_of_day(since_midnight), " ", zone.at(instant).abbrev);
}

std::string show_day_and_time(Instant instant, const Zone& zone) {
  static constexpr const char* kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const Date day = date::floor<date::days>(zone.to_local(instant));
  return text::cat(kWeekdays[date::weekday{day}.c_encoding()], " ", iso_date(day), " ",
                   show_time(instant, zone));
}

}  // namespace stagegate::time
