#include "plugins/gitea-mirror/wire/capabilities.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kMostBytes = 64u << 10;
constexpr std::size_t kMostEntries = 1'000;

}  // namespace

Capabilities Capabilities::of_line(std::string_view line) {
  Capabilities capabilities;
  for (const std::string_view entry : text::split(text::trim(line), ' ')) {
    if (!entry.empty() && !capabilities.add(entry)) break;
  }
  return capabilities;
}

bool Capabilities::add(std::string_view entry) {
  if (entries_.size() >= kMostEntries || bytes_ + entry.size() > kMostBytes) return false;
  bytes_ += entry.size();
  entries_.emplace_back(entry);
  return true;
}

bool Capabilities::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const std::string& entry) {
    return std::string_view(entry).substr(0, entry.find('=')) == name;
  });
}

std::vector<std::string_view> Capabilities::values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const std::string_view entry : entries_) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || entry.substr(0, equals) != name) continue;
    values.push_back(entry.substr(equals + 1));
  }
  return values;
}

std::optional<std::string_view> Capabilities::value(std::string_view name) const {
  const auto all = values(name);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

bool Capabilities::lists(std::string_view name, std::string_view word) const {
  for (const std::string_view value : values(name)) {
    const auto words = text::split(value, ' ');
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
  }
  return false;
}

Result<HashFormat> Capabilities::format() const {
  const auto name = value("object-format");
  if (!name) return HashFormat::sha1;
  const auto format = hash_format_of(*name);
  if (!format) {
    return unknown(text::cat("the repository's object format is ", text::quoted(*name),
                             "; sha1 and sha256 can be mirrored"));
  }
  return *format;
}

}  // namespace stagegate::mirror
