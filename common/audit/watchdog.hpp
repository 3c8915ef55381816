// A deadline for what the kernel does not let us interrupt: on a hard NFS mount whose server is
// silent, write() and even stat() wait for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace stagegate::audit {

// Calls `expired` on a thread of its own when it has not been destroyed in time. `expired` usually
// says what is lost and ends the process with _exit(), because the blocked thread never returns.
class Watchdog {
 public:
  Watchdog(std::chrono::milliseconds deadline, std::function<void()> expired);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace stagegate::audit
