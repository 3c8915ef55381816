#include "plugins/inttest-runner/child/lines.hpp"

namespace stagegate::inttest {

void Lines::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t room = longest_ - begun_.size();
    const std::size_t end = bytes.substr(0, room).find('\n');
    if (end == std::string_view::npos) {
      begun_ += bytes.substr(0, room);
      bytes.remove_prefix(std::min(room, bytes.size()));
      if (begun_.size() == longest_) finish();
      continue;
    }
    begun_ += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (begun_.ends_with('\r')) begun_.pop_back();
    each_(begun_);
    begun_.clear();
  }
}

void Lines::finish() {
  if (!begun_.empty()) each_(begun_);
  begun_.clear();
}

}  // namespace stagegate::inttest
