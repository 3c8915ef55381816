#include "plugins/inttest-runner/results/cut_lines.hpp"

#include <algorithm>

namespace stagegate::inttest {

void CutLines::keep(std::string_view bytes) {
  // Two bytes more: a CR, and one that tells that the line is too long.
  const std::size_t room = longest_ + 2 - std::min(longest_ + 2, kept_.size());
  kept_.append(bytes.substr(0, room));
}

Result<> CutLines::feed(std::string_view bytes) {
  for (;;) {
    const std::size_t end = bytes.find('\n');
    keep(bytes.substr(0, end));
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);

    CutLine line{kept_};
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    line.cut = line.text.size() > longest_;
    line.text = line.text.substr(0, longest_);
    auto taken = each_(line);
    kept_.clear();
    if (!taken) return taken;
  }
}

}  // namespace stagegate::inttest
