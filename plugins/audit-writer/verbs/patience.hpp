// How long is waited for a store that may never answer, and for how long after somebody has asked
// the program to end: on a hard NFS mount whose server is silent, no system call comes back.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace stagegate::audit_writer {

enum class Lost { deadline, interrupted };

class Patience {
 public:
  struct Limits {
    std::optional<std::chrono::milliseconds> deadline;  // none: as long as it takes
    int interrupt_fd = -1;
    std::chrono::milliseconds grace{0};  // after a signal
  };
  // Calls `lost` on a thread of its own when it has not been destroyed in time. `lost` has to end
  // the process: the thread that waits cannot be woken.
  Patience(const Limits& limits, std::function<void(Lost)> lost);
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience();

 private:
  void wait(const Limits& limits) const;

  std::function<void(Lost)> lost_;
  int done_fd_;
  std::thread thread_;
};

}  // namespace stagegate::audit_writer
