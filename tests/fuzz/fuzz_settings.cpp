// A setting of every type, given the same bytes as a variable, a flag and a --config file: it is
// read or refused. The first byte chooses the source.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/settings/config_file.hpp"
#include "common/settings/read.hpp"
#include "common/text/duration.hpp"

namespace {

using namespace stagegate;
using settings::ImageTag;

enum class Choice { first, second };

// Not here: Secret, which would fill the log's list of masked values, and parses nothing.
struct Everything {
  bool flag = false;
  std::int64_t number = 0;
  std::string text;
  std::chrono::milliseconds duration{};
  std::chrono::seconds seconds{};
  time::Date date{};
  std::optional<time::Instant> instant;
  ImageTag tag;
  Choice choice = Choice::first;
  std::vector<std::string> texts;
  std::vector<time::Date> dates;
  std::map<std::string, std::string> map;
  std::map<std::string, ImageTag> tags;
  std::optional<text::YamlNode> tree;
  settings::Table table{"fuzz", "Reads anything."};

  Everything() {
    table.add(flag, {.name = "flag"})
        .add(number, {.name = "number"})
        .add(text, {.name = "text"})
        .add(duration, {.name = "duration"})
        .add(seconds, {.name = "seconds"})
        .add(date, {.name = "date"})
        .add(instant, {.name = "instant"})
        .add(tag, {.name = "tag"})
        .add(choice, {.name = "choice", .choices = {"first", "second"}})
        .add(texts, {.name = "texts"})
        .add(dates, {.name = "dates"})
        .add(map, {.name = "map"})
        .add(tags, {.name = "tags"})
        .add(tree, {.name = "tree"});
  }

  // What every accepted value promises.
  void check() const {
    if (!tag.text.empty() && !settings::parse_image_tag(tag.text)) std::abort();
    if (text::parse_duration(text::show_duration(duration)) != duration) std::abort();
    for (const std::string& element : texts) {
      if (text::trim(element).empty()) std::abort();
    }
    for (const auto& [key, value] : map) {
      if (key.empty() || text::trim(value).empty()) std::abort();
    }
    for (const time::Date day : dates) {
      if (time::parse_date(time::iso_date(day)) != day) std::abort();
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string value(reinterpret_cast<const char*>(data) + 1, size - 1);
  Everything everything;
  if (data[0] % 3 == 2) {
    for (const auto& [setting, given] : parse_config(everything.table, "f", value).values) {
      (void)setting->assign(given);
    }
    everything.check();
    return 0;
  }
  for (const settings::Setting& setting : everything.table.settings()) {
    if (setting.spec.name == "config") continue;
    settings::Input input;
    if (data[0] % 3 == 0) {
      input.environment[setting.variable()] = value;
    } else {
      input.arguments = {setting.flag() + "=" + value, value};
    }
    // "--config" in the value would open a file.
    if (data[0] % 3 == 1 && value.starts_with("--")) input.arguments.pop_back();
    const auto read = settings::read(everything.table, input);
    if (!read && read.error().kind != Failure::Kind::usage) std::abort();
    everything.check();
  }
  return 0;
}
