#include "plugins/gitea-mirror/wire/side_band.hpp"

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"

namespace stagegate::mirror {

Result<std::string_view> SideBand::take(std::string_view pkt) {
  if (pkt.empty()) return unknown("a pkt without a band among those with one");
  const char band = pkt.front();
  pkt.remove_prefix(1);
  switch (band) {
    case 1:
      return pkt;
    case 2:
      take_text(pkt);
      return std::string_view();
    case 3:
      end();
      return forward(failure_of_fatal(pkt));
    default:
      return unknown(text::cat("a pkt of band ", static_cast<int>(static_cast<unsigned char>(band)),
                               "; there are 1, 2 and 3"));
  }
}

void SideBand::end() {
  // git clears the rest of a terminal's line so.
  constexpr std::string_view kClear = "\x1b[K";
  std::string_view line = text::trim(held_);
  while (line.size() >= kClear.size() && line.substr(line.size() - kClear.size()) == kClear) {
    line = text::trim(line.substr(0, line.size() - kClear.size()));
  }
  if (line_ && !line.empty()) line_(text::harmless(line));
  held_.clear();
}

void SideBand::take_text(std::string_view text) {
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      end();
    } else if (held_.size() < kLongestLine) {
      held_ += c;
    }
  }
}

}  // namespace stagegate::mirror
