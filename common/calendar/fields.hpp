// Reads the fields of a calendar file and collects what is wrong with them, each fault where it
// stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/calendar/schedule.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::market_hours {

struct Fault {
  enum class Weight : std::uint8_t { error, warning };  // a file with warnings can be used

  text::Position at;
  std::string message;
  Weight weight = Weight::error;
};

class Faults {
 public:
  void error(text::Position at, std::string message);
  void warning(text::Position at, std::string message);
  bool usable() const { return errors_ == 0; }
  std::vector<Fault> take();  // in the order of the file

 private:
  std::vector<Fault> list_;
  std::size_t errors_ = 0;
};

// One YAML map. A key that is not among `keys` is a fault that names the nearest one.
class Fields {
 public:
  Fields(const text::YamlNode& node, std::string what, std::vector<std::string> keys,
         Faults& faults);

  const text::YamlNode* find(std::string_view key) const { return node_.find(key); }
  // As find(), but a missing key is a fault.
  const text::YamlNode* need(std::string_view key);
  bool has(std::string_view key) const { return find(key) != nullptr; }
  text::Position at() const { return node_.at; }
  Faults& faults() { return faults_; }
  void error(text::Position at, std::string message) { faults_.error(at, std::move(message)); }

  // Empty when the key is missing (no fault) or its value is malformed (a fault).
  std::optional<std::string> text(std::string_view key);
  std::optional<int> whole(std::string_view key, int least, int most);
  std::optional<Date> date(std::string_view key);
  std::optional<seconds> time(std::string_view key);
  std::optional<seconds> duration(std::string_view key);
  std::optional<bool> yes_or_no(std::string_view key);
  std::optional<Weekdays> weekdays(std::string_view key);
  std::optional<std::vector<Date>> dates(std::string_view key);

  // One of several words: `one_of<OnHoliday>("on_holiday", {{"allow", OnHoliday::allow}, ...})`.
  template <class Value>
  std::optional<Value> one_of(std::string_view key,
                              const std::vector<std::pair<std::string, Value>>& words) {
    std::vector<std::string> names;
    names.reserve(words.size());
    for (const auto& word : words) names.push_back(word.first);
    const auto index = word_index(key, names);
    if (!index) return std::nullopt;
    return words[*index].second;
  }

 private:
  std::optional<std::size_t> word_index(std::string_view key,
                                        const std::vector<std::string>& words);
  const text::YamlNode& node_;
  std::string what_;
  Faults& faults_;
};

// The same for values that do not stand directly below a key. `what` names them in messages.
std::optional<std::string> read_text(const text::YamlNode& node, std::string_view what, Faults&);
std::optional<int> read_whole(const text::YamlNode& node, std::string_view what, int least,
                              int most, Faults&);
std::optional<Date> read_date(const text::YamlNode& node, std::string_view what, Faults&);
std::optional<date::month_day> read_month_day(const text::YamlNode& node, Faults&);
std::optional<date::weekday> read_weekday(const text::YamlNode& node, Faults&);
// Times must be quoted: 12:30 without quotes is the number 750 to many YAML readers.
std::optional<seconds> read_time(const text::YamlNode& node, std::string_view what, Faults&);

// The items of a list; a single value counts as a list of one.
std::vector<const text::YamlNode*> items_of(const text::YamlNode& node);
// The items of what must be a list (of maps).
const std::vector<text::YamlNode>& list_of(const text::YamlNode& node, std::string_view what,
                                           Faults&);

}  // namespace stagegate::market_hours
