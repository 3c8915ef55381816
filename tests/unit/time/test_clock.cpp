#include <array>

#include <unistd.h>

#include "common/time/clock.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace std::chrono_literals;
using time::Woke;

namespace {
const time::Instant kNoon{date::sys_days{date::year{2026} / 11 / 24} + 12h};
}

TEST_CASE("a clock that stands still moves only as far as it sleeps") {
  time::ManualClock clock(kNoon);
  CHECK(clock.sleep(kNoon + 10s, 1h) == Woke::reached);
  CHECK(clock.now() == kNoon + 10s);
  CHECK(clock.uptime() == 10s);
  CHECK(clock.sleep(kNoon + 1h, 30s) == Woke::elapsed);
  CHECK(clock.now() == kNoon + 40s);
  CHECK(clock.sleep(kNoon, 30s) == Woke::reached);
  CHECK(clock.now() == kNoon + 40s);
}

TEST_CASE("fractions of a second add up") {
  time::ManualClock clock(kNoon);
  clock.advance(600ms);
  CHECK(clock.now() == kNoon);
  clock.advance(600ms);
  CHECK(clock.now() == kNoon + 1s);
  CHECK(clock.sleep(kNoon + 2s, 1h) == Woke::reached);
  CHECK(clock.uptime() == 2s);
}

TEST_CASE("a sleeper learns that somebody has set the clock") {
  time::ManualClock clock(kNoon);
  clock.set(kNoon - 1h);
  CHECK(clock.sleep(kNoon, 2h) == Woke::clock_set);
  CHECK(clock.now() == kNoon - 1h);
  CHECK(clock.uptime() == 0s);
  CHECK(clock.sleep(kNoon, 2h) == Woke::reached);
}

TEST_CASE("a shifted clock shows another time and sleeps by it") {
  time::ManualClock base(kNoon);
  time::ShiftedClock clock(base, kNoon + 48h);
  CHECK(clock.now() == kNoon + 48h);
  CHECK(clock.sleep(kNoon + 48h + 5s, 1h) == Woke::reached);
  CHECK(base.now() == kNoon + 5s);
}

TEST_CASE("the machine's clock reaches an instant that is past at once") {
  time::SystemClock clock;
  CHECK(clock.sleep(clock.now() - 1h, 1h) == Woke::reached);
  CHECK(clock.sleep(time::Instant{} - 1h, 1h) == Woke::reached);
}

TEST_CASE("the machine's clock wakes when the limit has passed") {
  time::SystemClock clock;
  const auto before = clock.uptime();
  CHECK(clock.sleep(clock.now() + 1h, 20ms) == Woke::elapsed);
  CHECK(clock.uptime() >= before + 20ms);
  CHECK(clock.sleep(clock.now() + 1h, 0ms) == Woke::elapsed);
}

TEST_CASE("the machine's clock reaches an instant ahead") {
  time::SystemClock clock;
  const auto until = clock.now() + 1s;
  CHECK(clock.sleep(until, 1h) == Woke::reached);
  CHECK(clock.now() >= until);
}

TEST_CASE("a request to end wakes a sleeper before its time") {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  REQUIRE(write(pipe_ends[1], "x", 1) == 1);
  time::SystemClock clock(pipe_ends[0]);
  CHECK(clock.sleep(clock.now() + 24h, 24h) == Woke::interrupted);
  CHECK(clock.sleep(clock.now() - 1h, 24h) == Woke::interrupted);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}
