#include "plugins/inttest-runner/run/transcript.hpp"

#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/log/log.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {

void Transcript::line(std::string_view line) {
  const std::string safe = log::redact(line);
  const std::string time = timestamps_ ? time::rfc3339(clock_.now()) + ' ' : std::string();
  // A log that nobody reads any more is no reason to stop the tests.
  static_cast<void>(fs::write_all(STDERR_FILENO, text::cat(time, safe, '\n')));
  tail_.push_back(text::harmless(safe));
  if (tail_.size() > kKept) tail_.pop_front();
}

}  // namespace stagegate::inttest
