#include "common/audit/log/recent_keys.hpp"

#include <functional>
#include <string>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

constexpr std::string_view kMember = "\"idem\":";
// Of long-lived writers; what is forgotten is read again.
constexpr std::size_t kMost = 100'000;

std::size_t hash_of(std::string_view member) {
  return std::hash<std::string_view>()(member);
}

// The end of the JSON text that begins at `from` with its quotation mark.
std::size_t end_of_text(std::string_view line, std::size_t from) {
  for (std::size_t at = from + 1; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return at + 1;
    }
  }
  return line.size();
}

}  // namespace

std::string key_member(std::string_view key) {
  return text::cat(kMember, text::Json(key).dump());
}

// Members of x may have the name, too: they make may_have() say yes once too often.
void RecentKeys::note(std::string_view line) {
  for (std::size_t at = line.find(kMember); at != std::string_view::npos;) {
    const std::size_t end = end_of_text(line, at + kMember.size());
    hashes_.insert(hash_of(line.substr(at, end - at)));
    at = line.find(kMember, end);
  }
}

Result<> RecentKeys::look(const View& view) {
  if (view.size() < size_ || hashes_.size() > kMost) *this = RecentKeys();
  const auto& slots = view.slots();
  const bool all_in_slots = size_ > 0 && !slots.empty() && slots.begin()->first <= size_;
  if (all_in_slots) {
    for (auto slot = slots.lower_bound(size_); slot != slots.end(); ++slot) note(slot->second.line);
  } else {
    auto read = view.each_with_backwards(kMember, kKeyHorizon, [&](const Line& line) {
      if (line.seq < size_) return Next::stop;
      note(line.text);
      return Next::go_on;
    });
    if (!read) return read;
  }
  size_ = view.size();
  return {};
}

bool RecentKeys::may_have(std::string_view key) const {
  return hashes_.contains(hash_of(key_member(key)));
}

}  // namespace stagegate::audit
