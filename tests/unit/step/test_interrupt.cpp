// Signals and descriptors change the process for good: each of these runs in a child.
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <poll.h>

#include "common/step/interrupt.hpp"
#include "common/step/standard_streams.hpp"
#include "common/time/clock.hpp"
#include "tests/unit/step/captured.hpp"

using namespace stagegate;
using namespace stagegate::step;
using std::chrono::hours;

namespace {

bool readable(int fd) {
  pollfd event{fd, POLLIN, 0};
  return ::poll(&event, 1, 0) == 1;
}

// Whether every condition holds, checked in a child.
bool holds_in_a_child(const std::function<bool()>& condition) {
  return exit_code_of([&] { return condition() ? 0 : 1; }) == 0;
}

}  // namespace

TEST_CASE("a signal is remembered as its exit code, and the descriptor stays readable") {
  const auto [signal, exit] =
      GENERATE(table<int, Exit>({{SIGTERM, Exit::terminated}, {SIGINT, Exit::interrupted}}));
  CHECK(holds_in_a_child([signal = signal, exit = exit] {
    catch_signals();
    if (interrupted() || readable(interrupt_fd())) return false;
    ::raise(signal);
    return interrupted() == exit && readable(interrupt_fd()) && readable(interrupt_fd());
  }));
}

TEST_CASE("a signal ends a sleep of hours, before it and during it") {
  CHECK(holds_in_a_child([] {
    catch_signals();
    ::raise(SIGTERM);
    time::SystemClock clock(interrupt_fd());
    const auto later = clock.now() + hours{5};
    return clock.sleep(later, hours{5}) == time::Woke::interrupted &&
           clock.sleep(later, hours{5}) == time::Woke::interrupted;
  }));
}

TEST_CASE("a reader that goes away does not end the program") {
  CHECK(holds_in_a_child([] {
    catch_signals();
    int ends[2];
    if (::pipe(ends) != 0) return false;
    ::close(ends[0]);
    return ::write(ends[1], "x", 1) == -1 && errno == EPIPE;
  }));
}

TEST_CASE("a standard stream that is closed is held, and cannot be written by accident") {
  const int closed = GENERATE(0, 1, 2);
  CHECK(holds_in_a_child([closed] {
    ::close(closed);
    hold_standard_streams();
    char byte = 'x';
    return ::fcntl(closed, F_GETFD) >= 0 && ::open("/dev/null", O_RDWR) > 2 &&
           ::write(closed, &byte, 1) == -1 && ::read(closed, &byte, 1) == -1;
  }));
}

TEST_CASE("all standard streams closed are all held") {
  CHECK(holds_in_a_child([] {
    for (int fd = 0; fd <= 2; ++fd) ::close(fd);
    hold_standard_streams();
    return ::open("/dev/null", O_RDWR) > 2;
  }));
}

TEST_CASE("standard streams that are open are left alone") {
  CHECK(holds_in_a_child([] {
    const int file = ::memfd_create("out", 0);
    ::dup2(file, STDOUT_FILENO);
    hold_standard_streams();
    return ::write(STDOUT_FILENO, "x", 1) == 1;
  }));
}
