#include "common/step/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace stagegate::step {

void hold_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // "/" is there even in an image without /dev. The lowest free number is `fd`: all below it are
    // taken by now.
    [[maybe_unused]] const int held = ::open("/", O_PATH | O_CLOEXEC);
  }
}

}  // namespace stagegate::step
