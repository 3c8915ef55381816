#include "common/time/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace stagegate::time {
namespace {

timespec read_clock(clockid_t id) {
  timespec now{};
  // A kernel or a sandbox without CLOCK_BOOTTIME still has the monotonic clock.
  if (clock_gettime(id, &now) != 0) clock_gettime(CLOCK_MONOTONIC, &now);
  return now;
}

class Timer {
 public:
  explicit Timer(clockid_t id) : fd_(timerfd_create(id, TFD_CLOEXEC | TFD_NONBLOCK)) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    if (fd_ >= 0) close(fd_);
  }

  // Rings when the wall clock shows `until`, and when somebody sets that clock.
  bool ring_at(Instant until) const {
    itimerspec when{};
    when.it_value.tv_sec = std::max<std::int64_t>(until.time_since_epoch().count(), 0);
    when.it_value.tv_nsec = when.it_value.tv_sec == 0 ? 1 : 0;  // all zero would mean "never"
    const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    return fd_ >= 0 && timerfd_settime(fd_, flags, &when, nullptr) == 0;
  }
  bool ring_after(milliseconds wait) const {
    itimerspec when{};
    when.it_value.tv_sec = wait.count() / 1000;
    when.it_value.tv_nsec = wait.count() % 1000 * 1'000'000;
    return fd_ >= 0 && timerfd_settime(fd_, 0, &when, nullptr) == 0;
  }
  bool cancelled() const {
    std::uint64_t rings = 0;
    return read(fd_, &rings, sizeof rings) < 0 && errno == ECANCELED;
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Without timers (no descriptors left, a strict sandbox) the caller looks again every second.
Woke nap(int interrupt_fd, milliseconds limit) {
  pollfd interrupt{interrupt_fd, POLLIN, 0};
  const int wait = static_cast<int>(std::min(limit, milliseconds{1000}).count());
  return poll(&interrupt, 1, wait) > 0 ? Woke::interrupted : Woke::clock_set;
}

}  // namespace

Instant SystemClock::now() const {
  return Instant{seconds{read_clock(CLOCK_REALTIME).tv_sec}};
}

milliseconds SystemClock::uptime() const {
  const timespec up = read_clock(CLOCK_BOOTTIME);
  return milliseconds{std::int64_t{up.tv_sec} * 1000 + up.tv_nsec / 1'000'000};
}

Woke SystemClock::sleep(Instant until, milliseconds limit) {
  pollfd interrupt{interrupt_fd_, POLLIN, 0};
  if (interrupt_fd_ >= 0 && poll(&interrupt, 1, 0) > 0) return Woke::interrupted;
  if (now() >= until) return Woke::reached;
  if (limit <= milliseconds{0}) return Woke::elapsed;

  const Timer wall(CLOCK_REALTIME);
  const Timer boot(CLOCK_BOOTTIME);  // goes on while the machine is suspended
  if (!wall.ring_at(until) || !boot.ring_after(limit)) return nap(interrupt_fd_, limit);
  std::array<pollfd, 3> events{
      {{interrupt_fd_, POLLIN, 0}, {wall.fd(), POLLIN, 0}, {boot.fd(), POLLIN, 0}}};
  while (poll(events.data(), events.size(), -1) < 0) {
    if (errno != EINTR) return nap(interrupt_fd_, limit);
  }
  if (events[0].revents != 0) return Woke::interrupted;
  if (events[1].revents != 0) return wall.cancelled() ? Woke::clock_set : Woke::reached;
  return Woke::elapsed;
}

Woke ManualClock::sleep(Instant until, milliseconds limit) {
  if (set_) {
    set_ = false;
    return Woke::clock_set;
  }
  if (now_ >= until) return Woke::reached;
  const milliseconds left = milliseconds{until - now_} - fraction_;
  advance(std::max(std::min(left, limit), milliseconds{0}));
  return left <= limit ? Woke::reached : Woke::elapsed;
}

void ManualClock::advance(milliseconds by) {
  uptime_ += by;
  fraction_ += by;
  const auto whole = std::chrono::floor<seconds>(fraction_);
  now_ += whole;
  fraction_ -= whole;
}

void ManualClock::set(Instant now) {
  now_ = now;
  fraction_ = milliseconds{0};
  set_ = true;
}

bool pause(Clock& clock, milliseconds length) {
  const milliseconds end = clock.uptime() + length;
  for (milliseconds left = length; left.count() > 0; left = end - clock.uptime()) {
    const Woke woke = clock.sleep(clock.now() + std::chrono::hours(24), left);
    if (woke == Woke::interrupted) return false;
  }
  return true;
}

bool interrupted(Clock& clock) {
  return clock.sleep(clock.now() + std::chrono::hours(24), {}) == Woke::interrupted;
}

}  // namespace stagegate::time
