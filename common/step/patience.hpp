// How long is waited for a store that may never answer, and for how long after somebody has asked
// the program to end: on a hard NFS mount whose server is silent, no system call comes back.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace stagegate::step {

enum class Lost { deadline, interrupted };

class Patience {
 public:
  struct Limits {
    // For the whole of the work; none: as long as it takes.
    std::optional<std::chrono::milliseconds> deadline = {};
    // For a time in which the program does not work at all, because a call does not come back. For
    // work whose length nobody can tell beforehand.
    std::optional<std::chrono::milliseconds> silence = {};
    int interrupt_fd = -1;
    std::chrono::milliseconds grace{0};  // after a signal
    // Whoever reads this may take any time for it: what waits for them is not silent.
    int output_fd = -1;
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

}  // namespace stagegate::step
