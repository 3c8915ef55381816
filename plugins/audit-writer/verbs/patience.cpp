#include "plugins/audit-writer/verbs/patience.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace stagegate::audit_writer {

using Clock = std::chrono::steady_clock;

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
  std::array<pollfd, 2> fds{pollfd{done_fd_, POLLIN, 0}, pollfd{limits.interrupt_fd, POLLIN, 0}};
  for (;;) {
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
      if (left.count() <= 0) return lost_(reason);
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

}  // namespace stagegate::audit_writer
