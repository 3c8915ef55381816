#include "common/step/patience.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace stagegate::step {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

nanoseconds processor_time(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// Whether the program's other threads do anything: one that waits in the kernel for an answer uses
// no processor time, and every answer that comes costs some.
class Silence {
 public:
  Silence(std::optional<milliseconds> longest, int output_fd)
      : longest_(longest), output_fd_(output_fd) {}

  // When it wants to look again.
  std::optional<milliseconds> period() const {
    if (!longest_) return std::nullopt;
    return std::clamp(*longest_ / kLooks, milliseconds{1}, milliseconds{1'000});
  }

  // To be called once in a period. It counts periods and not the time, which goes on while the
  // whole program is stopped.
  bool is_too_long() {
    if (!longest_) return false;
    const bool quiet = !has_worked() && !reader_is_slow();
    lasted_ = quiet ? lasted_ + *period() : milliseconds{0};
    return lasted_ >= *longest_;
  }

 private:
  static constexpr int kLooks = 16;

  // Between the two looks at this thread's own time some of it goes by: the time of the others is
  // known within that only.
  bool has_worked() {
    const auto before = processor_time(CLOCK_THREAD_CPUTIME_ID);
    const auto all = processor_time(CLOCK_PROCESS_CPUTIME_ID);
    const auto after = processor_time(CLOCK_THREAD_CPUTIME_ID);
    if (all - after <= most_) return false;
    most_ = all - before;
    return true;
  }

  bool reader_is_slow() const {
    pollfd output{output_fd_, POLLOUT, 0};
    return output_fd_ >= 0 && ::poll(&output, 1, 0) == 0;
  }

  std::optional<milliseconds> longest_;
  int output_fd_;
  nanoseconds most_{-1};
  milliseconds lasted_{0};
};

}  // namespace

Patience::Patience(const Limits& limits, std::function<void(Lost)> lost)
    : lost_(std::move(lost)), done_fd_(::eventfd(0, EFD_CLOEXEC)) {
  // Without a descriptor there is no thread either: what is waited for is worth more than the wait.
  if (done_fd_ >= 0) thread_ = std::thread([this, limits] { wait(limits); });
}

Patience::~Patience() {
  if (done_fd_ < 0) return;
  const std::uint64_t done = 1;
  while (::write(done_fd_, &done, sizeof done) < 0) {
  }
  thread_.join();
  ::close(done_fd_);
}

void Patience::wait(const Limits& limits) const {
  std::optional<Clock::time_point> until;
  if (limits.deadline) until = Clock::now() + *limits.deadline;
  Lost reason = Lost::deadline;
  Silence silence(limits.silence, limits.output_fd);
  const auto period = silence.period();
  std::optional<Clock::time_point> look;
  if (period) look = Clock::now() + *period;
  std::array<pollfd, 2> fds{pollfd{done_fd_, POLLIN, 0}, pollfd{limits.interrupt_fd, POLLIN, 0}};
  for (;;) {
    int timeout = -1;
    const auto now = Clock::now();
    if (until && now >= *until) return lost_(reason);
    if (look && now >= *look) {
      if (silence.is_too_long()) return lost_(Lost::deadline);
      look = now + *period;
    }
    if (until || look) {
      const auto next =
          until && look ? std::min(*until, *look) : until.value_or(look.value_or(now));
      const auto left = std::chrono::ceil<milliseconds>(next - now);
      timeout = static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000'000));
    }
    if (::poll(fds.data(), fds.size(), timeout) < 0) continue;
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0) {
      fds[1].fd = -1;
      const auto end = Clock::now() + limits.grace;
      if (!until || end < *until) {
        until = end;
        reason = Lost::interrupted;
      }
    }
  }
}

}  // namespace stagegate::step
