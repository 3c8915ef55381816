// Waiting, by a clock that the test moves: nothing here takes time.
#include <functional>
#include <vector>

#include "plugins/market-hours-check/gate/wait.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"
#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = WaitStep::Kind;

namespace {

// Runs by itself like ManualClock; before the nth sleep something happens to it.
class EventfulClock : public time::Clock {
 public:
  using Event = std::function<void(time::ManualClock&)>;
  explicit EventfulClock(std::string_view start, std::vector<Event> events = {})
      : clock_(instant_of(start)), events_(std::move(events)) {}

  time::Instant now() const override { return clock_.now(); }
  milliseconds uptime() const override { return clock_.uptime(); }
  time::Woke sleep(time::Instant until, milliseconds limit) override {
    if (sleeps_ < events_.size()) events_[sleeps_](clock_);
    ++sleeps_;
    if (interrupted_after_ != 0 && sleeps_ > interrupted_after_) return time::Woke::interrupted;
    if (sleeps_ > 100'000) throw std::logic_error("waits for ever");
    return clock_.sleep(until, limit);
  }
  void interrupt_after(std::size_t sleeps) { interrupted_after_ = sleeps; }
  std::size_t sleeps() const { return sleeps_; }

 private:
  time::ManualClock clock_;
  std::vector<Event> events_;
  std::size_t sleeps_ = 0;
  std::size_t interrupted_after_ = 0;
};

Options waiting(milliseconds timeout) {
  Options options;
  options.calendar = "xnys";
  options.timeout = timeout;
  options.heartbeat = minutes{10};
  return options;
}

step::Outcome waited(const Options& options, EventfulClock& clock) {
  const step::Run run{"wait", "text", clock, -1, false};
  return wait(options, run);
}

// The session is from 14:30Z to 21:00Z on all of these days. The year lies ahead of the build, or
// the program would not believe the clock.
constexpr const char* kAnHourToGo = "2028-11-21T20:00:00Z";
constexpr const char* kClose = "2028-11-21T21:00:00Z";

}  // namespace

TEST_CASE("a wait goes on when it is allowed, even past its deadline") {
  Verdict allowed;
  allowed.allowed = true;
  CHECK(next_step(allowed, milliseconds{1}).kind == Kind::go);
  CHECK(next_step(allowed, milliseconds{0}).kind == Kind::go);
  CHECK(next_step(allowed, milliseconds{-1}).kind == Kind::go);
}

TEST_CASE("a wait sleeps until it is allowed, and never longer than it has left") {
  Verdict blocked;
  blocked.at = instant_of(kAnHourToGo);
  blocked.allowed_at = instant_of(kClose);
  const WaitStep next = next_step(blocked, milliseconds{1});
  CHECK(next.kind == Kind::sleep);
  CHECK(next.until == instant_of(kClose));
  CHECK(next.limit == milliseconds{1});
}

TEST_CASE("a wait without time left is late") {
  Verdict blocked;
  blocked.allowed_at = instant_of(kClose);
  CHECK(next_step(blocked, milliseconds{0}).kind == Kind::late);
  CHECK(next_step(blocked, milliseconds{-1}).kind == Kind::late);
}

TEST_CASE("a block that never ends is waited for until the deadline") {
  Verdict blocked;
  blocked.at = instant_of(kAnHourToGo);
  const WaitStep next = next_step(blocked, hours{1});
  CHECK(next.kind == Kind::sleep);
  CHECK(next.until > blocked.at + hours{24 * 365});
  CHECK(next.limit == hours{1});
}

TEST_CASE("a wait ends in the second in which the market closes") {
  EventfulClock clock(kAnHourToGo);
  const auto outcome = waited(waiting(hours{8}), clock);
  CHECK(outcome.exit == step::Exit::done);
  CHECK(clock.now() == instant_of(kClose));
  CHECK(outcome.json.find("waited_seconds")->integer() == 3600);
  CHECK(*outcome.json.find("allowed")->boolean());
}

TEST_CASE("a wait that is allowed at once does not sleep") {
  EventfulClock clock(kClose);
  CHECK(waited(waiting(seconds{0}), clock).exit == step::Exit::done);
  CHECK(clock.sleeps() == 0);
}

TEST_CASE("a wait gives up at its deadline, and says so") {
  EventfulClock clock(kAnHourToGo);
  const auto outcome = waited(waiting(minutes{59}), clock);
  CHECK(outcome.exit == step::Exit::deadline);
  CHECK(clock.uptime() == minutes{59});
  CHECK_THAT(outcome.text, ContainsSubstring("blocked: market open") &&
                               ContainsSubstring("gave up      after 59m (timeout)"));
  CHECK_FALSE(*outcome.json.find("allowed")->boolean());
}

TEST_CASE("a deadline in the very second of the close is in time") {
  EventfulClock clock(kAnHourToGo);
  CHECK(waited(waiting(hours{1}), clock).exit == step::Exit::done);
}

TEST_CASE("a clock that is set forward past the close ends the wait") {
  EventfulClock clock(kAnHourToGo, {[](auto& base) { base.set(instant_of(kClose)); }});
  const auto outcome = waited(waiting(minutes{5}), clock);
  CHECK(outcome.exit == step::Exit::done);
  CHECK(clock.uptime() == milliseconds{0});
}

TEST_CASE("a clock that is set back makes the wait longer, not the deadline") {
  const auto back = [](auto& base) { base.set(instant_of("2028-11-21T19:00:00Z")); };
  EventfulClock patient(kAnHourToGo, {back});
  CHECK(waited(waiting(hours{8}), patient).exit == step::Exit::done);
  CHECK(patient.uptime() == hours{2});
  EventfulClock hasty(kAnHourToGo, {back});
  CHECK(waited(waiting(minutes{90}), hasty).exit == step::Exit::deadline);
  CHECK(hasty.uptime() == minutes{90});
}

TEST_CASE("a clock that is set from a pause into the session blocks") {
  // Woken a moment too early and set into the next day's session: the verdict is made anew.
  EventfulClock clock(kAnHourToGo,
                      {[](auto& base) { base.set(instant_of("2028-11-22T20:30:00Z")); }});
  CHECK(waited(waiting(hours{8}), clock).exit == step::Exit::done);
  CHECK(clock.now() == instant_of("2028-11-22T21:00:00Z"));
}

TEST_CASE("time that passes while the machine is suspended counts") {
  // Suspended over the close and into the next morning.
  EventfulClock over(kAnHourToGo, {[](auto& base) { base.advance(hours{14}); }});
  CHECK(waited(waiting(hours{8}), over).exit == step::Exit::done);
  // Suspended until the next session is on, with the deadline long gone.
  EventfulClock into(kAnHourToGo, {[](auto& base) { base.advance(hours{20}); }});
  CHECK(waited(waiting(hours{8}), into).exit == step::Exit::deadline);
}

TEST_CASE("an interrupted wait is not a success") {
  EventfulClock clock(kAnHourToGo);
  clock.interrupt_after(2);
  const auto outcome = waited(waiting(hours{8}), clock);
  CHECK(outcome.exit == step::Exit::terminated);
  CHECK(clock.sleeps() == 3);
}

TEST_CASE("a wait wakes for each heartbeat and no more often") {
  EventfulClock clock(kAnHourToGo);
  waited(waiting(hours{8}), clock);
  CHECK(clock.sleeps() == 6);
}

TEST_CASE("a wait that runs past the horizon ends without an answer") {
  EventfulClock clock("2040-12-31T20:00:00Z",
                      {[](auto& base) { base.set(instant_of("2041-01-02T20:00:00Z")); }});
  Options options = waiting(hours{8});
  options.calendar = "us-equity-hours";
  const auto outcome = waited(options, clock);
  CHECK(outcome.failed);
  CHECK(outcome.exit == step::Exit::unknown);
}

TEST_CASE("a clock that is set to before the build while waiting ends the wait as unknown") {
  // 06:00 in New York, on a day long gone: by that clock a promotion would be allowed.
  EventfulClock clock(kAnHourToGo, {[](time::ManualClock& inner) {
                        inner.set(instant_of("2024-11-21T11:00:00Z"));
                      }});
  const auto outcome = waited(waiting(hours{8}), clock);
  CHECK(outcome.exit == step::Exit::unknown);
  CHECK_THAT(outcome.text, ContainsSubstring("the clock shows 2024-11-21T11:00:00Z"));
}

TEST_CASE("a heartbeat that would flood the log is refused") {
  EventfulClock clock(kClose);
  auto options = waiting(hours{8});
  options.heartbeat = milliseconds{999};
  const auto refused = waited(options, clock);
  CHECK(refused.exit == step::Exit::usage);
  CHECK_THAT(refused.text, ContainsSubstring("heartbeat"));
  CHECK(clock.sleeps() == 0);
  options.heartbeat = seconds{1};
  CHECK(waited(options, clock).exit == step::Exit::done);
}
