#include "common/step/progress.hpp"

#include <algorithm>
#include <cstdio>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::step {

using std::chrono::milliseconds;

Result<> check_heartbeat(milliseconds heartbeat) {
  if (heartbeat >= milliseconds{1000}) return {};
  return usage("heartbeat: at least 1s, so that the log can still be read");
}

void Progress::show(const std::string& state, const std::string& countdown, milliseconds uptime) {
  if (terminal_) {
    // Back to the first column, the text, and the rest of the line cleared.
    const std::string line = log::redact(text::cat("\r", state, ", ", countdown, "\x1b[K"));
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  } else if (state != state_ || next(uptime) == milliseconds{0}) {
    log::info(text::cat(state, ", ", countdown));
  } else {
    return;
  }
  state_ = state;
  shown_ = uptime;
}

milliseconds Progress::next(milliseconds uptime) const {
  if (!shown_) return milliseconds{0};
  const milliseconds interval = terminal_ ? milliseconds{1000} : heartbeat_;
  return std::max(milliseconds{0}, *shown_ + interval - uptime);
}

void Progress::end() {
  if (!terminal_ || !shown_) return;
  std::fwrite("\r\x1b[K", 1, 4, stderr);
  shown_.reset();
}

}  // namespace stagegate::step
