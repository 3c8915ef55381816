#include "common/step/interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace stagegate::step {
namespace {

// A handler can reach nothing but globals.
std::atomic<int> g_signal{0};
int g_event = -1;

extern "C" void on_signal(int signal) {
  const int saved = errno;
  g_signal.store(signal);
  const std::uint64_t one = 1;
  // The counter is never read down, so the descriptor stays readable. It cannot be full after two
  // signals.
  [[maybe_unused]] const auto written = ::write(g_event, &one, sizeof one);
  errno = saved;
}

}  // namespace

void catch_signals() {
  if (g_event < 0) g_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action = {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

int interrupt_fd() {
  return g_event;
}

std::optional<Exit> interrupted() {
  switch (g_signal.load()) {
    case 0:
      return std::nullopt;
    case SIGINT:
      return Exit::interrupted;
    default:
      return Exit::terminated;
  }
}

}  // namespace stagegate::step
