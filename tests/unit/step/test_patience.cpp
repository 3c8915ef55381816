// Nothing here waits for a time: a limit of a millisecond passes, and one of an hour does not.
#include <array>
#include <atomic>
#include <future>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/step/patience.hpp"
#include "tests/catch.hpp"

using namespace stagegate::step;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

// What the patience is lost over, while this thread is held in the kernel as by a silent server.
Lost lost_over(const Patience::Limits& limits) {
  std::promise<Lost> told;
  auto waiting = told.get_future();
  const Patience patience(limits, [&](Lost why) { told.set_value(why); });
  return waiting.get();
}

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::array<int, 2> ends{};
};

// Until nothing more goes in.
void fill(int fd) {
  const std::array<char, 4096> bytes{};
  pollfd writable{fd, POLLOUT, 0};
  while (::poll(&writable, 1, 0) == 1) {
    REQUIRE(::write(fd, bytes.data(), bytes.size()) > 0);
  }
}

}  // namespace

TEST_CASE("patience is lost when the work takes longer than its deadline") {
  CHECK(lost_over({.deadline = milliseconds(1)}) == Lost::deadline);
}

TEST_CASE("patience is lost when nothing moves for too long") {
  CHECK(lost_over({.silence = milliseconds(1)}) == Lost::deadline);
  CHECK(lost_over({.deadline = hours(1), .silence = milliseconds(20)}) == Lost::deadline);
}

TEST_CASE("a signal ends patience, whatever else it would wait for") {
  const int signal = ::eventfd(1, 0);
  CHECK(lost_over({.interrupt_fd = signal}) == Lost::interrupted);
  CHECK(lost_over({.deadline = hours(1), .silence = hours(1), .interrupt_fd = signal}) ==
        Lost::interrupted);
  ::close(signal);
}

TEST_CASE("patience with what is done in time is not lost") {
  std::atomic<bool> lost = false;
  {
    const Patience patience({.deadline = hours(1), .silence = hours(1)},
                            [&](Lost) { lost = true; });
  }
  CHECK_FALSE(lost);
}

TEST_CASE("work that goes on is no silence, however long it takes") {
  std::atomic<bool> lost = false;
  {
    const Patience patience({.silence = milliseconds(1'000)}, [&](Lost) { lost = true; });
    // Longer than the limit by the same clock that it goes by: of this thread's work.
    const auto worked = [] {
      timespec time{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const auto begin = worked();
    while (worked() - begin < milliseconds(1'200)) {
    }
  }
  CHECK_FALSE(lost);
}

TEST_CASE("waiting for a slow reader is no silence") {
  Pipe output;
  fill(output.ends[1]);
  std::promise<Lost> told;
  auto waiting = told.get_future();
  const Patience patience({.silence = milliseconds(1), .output_fd = output.ends[1]},
                          [&](Lost why) { told.set_value(why); });
  CHECK(waiting.wait_for(milliseconds(50)) == std::future_status::timeout);
  // Once there is room again, whatever hangs then hangs for another reason.
  std::array<char, 65536> bytes{};
  REQUIRE(::read(output.ends[0], bytes.data(), bytes.size()) > 0);
  CHECK(waiting.get() == Lost::deadline);
}
