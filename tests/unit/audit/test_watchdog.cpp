#include <atomic>
#include <future>

#include "common/audit/watchdog.hpp"
#include "tests/catch.hpp"

using namespace stagegate::audit;
using std::chrono::hours;
using std::chrono::milliseconds;

TEST_CASE("a watchdog is called when nobody comes back") {
  std::promise<void> called;
  auto waiting = called.get_future();
  const Watchdog watchdog(milliseconds(1), [&] { called.set_value(); });
  waiting.wait();
  SUCCEED("otherwise the test would not end");
}

TEST_CASE("a watchdog whose work is done is not called") {
  std::atomic<bool> called = false;
  {
    const Watchdog watchdog(hours(1), [&] { called = true; });
  }
  CHECK_FALSE(called);
}
