// Runs a command to its end, or to ours. Whatever it has started is gone when this returns.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "common/time/clock.hpp"
#include "plugins/inttest-runner/child/spawn.hpp"

namespace stagegate::inttest {

using std::chrono::milliseconds;

struct Limits {
  milliseconds timeout{0};
  milliseconds grace{0};  // from SIGTERM to SIGKILL
};

struct Ending {
  enum class How {
    exited,       // by itself, with an exit code
    crashed,      // by a signal that did not come from here
    timed_out,    // ended by us
    interrupted,  // ended by us, because we were asked to end
  };
  How how = How::exited;
  int status = 0;  // the exit code, or the number of the signal
  milliseconds took{0};
  std::size_t left_behind = 0;  // processes that outlived the command and were ended
  std::size_t unkillable = 0;   // those that even SIGKILL did not end in time

  bool good() const { return how == How::exited && status == 0; }
};

// "ended with exit code 2", "was ended by signal 11 (Segmentation fault)"
std::string ending_words(const Ending& ending);

// Not to be used by two threads at once: every child of the process is taken for one of the
// command's. `interrupt_fd` may be -1.
Result<Ending> run_child(const Command& command, const Limits& limits, const time::Clock& clock,
                         int interrupt_fd, const std::function<void(std::string_view line)>& line);

}  // namespace stagegate::inttest
