// Jobs that may hang: whoever waits for them is told in time.
#include <condition_variable>
#include <mutex>

#include "plugins/market-hours-check/clearance/clerk.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::milliseconds;

namespace {

// A job that hangs until it is let go.
struct Latch {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  void wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
  }
  void release() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

}  // namespace

TEST_CASE("a job's answer comes back, and so does its failure") {
  Clerk clerk(std::chrono::minutes{1});
  CHECK(clerk.run<int>([] { return Result<int>(7); }).value() == 7);
  const auto failed = clerk.run<int>([]() -> Result<int> { return unknown("no"); });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "no");
}

TEST_CASE("a job that throws does so where it is waited for") {
  Clerk clerk(std::chrono::minutes{1});
  CHECK_THROWS(clerk.run<int>([]() -> Result<int> { throw std::runtime_error("broken"); }));
  CHECK(clerk.run<int>([] { return Result<int>(7); }).value() == 7);
}

TEST_CASE("a job that hangs is given up in time, those behind it at once, and later ones go on") {
  auto latch = std::make_shared<Latch>();
  Clerk clerk(milliseconds{50});
  const auto hung = clerk.run<int>([latch] {
    latch->wait();
    return Result<int>(1);
  });
  REQUIRE_FALSE(hung);
  CHECK(hung.error().kind == Failure::Kind::deadline);
  bool ran = false;
  CHECK_FALSE(clerk.run<int>([&] {
    ran = true;
    return Result<int>(2);
  }));
  CHECK_FALSE(ran);
  latch->release();
  // The thread comes back in its own time.
  Result<int> later = unknown("");
  while (!later) later = clerk.run<int>([] { return Result<int>(3); });
  CHECK(later.value() == 3);
}
