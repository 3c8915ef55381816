#include "common/audit/watchdog.hpp"

#include <utility>

namespace stagegate::audit {

Watchdog::Watchdog(std::chrono::milliseconds deadline, std::function<void()> expired)
    : thread_([this, deadline, expired = std::move(expired)] {
        std::unique_lock lock(mutex_);
        const bool in_time = done_changed_.wait_for(lock, deadline, [this] { return done_; });
        lock.unlock();  // `expired` may end the process, or wait for the destructor
        if (!in_time) expired();
      }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  done_changed_.notify_all();
  thread_.join();
}

}  // namespace stagegate::audit
