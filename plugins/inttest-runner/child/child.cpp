#include "plugins/inttest-runner/child/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/child/kin.hpp"
#include "plugins/inttest-runner/child/lines.hpp"

namespace stagegate::inttest {
namespace {

using fs::Descriptor;
using text::cat;

// Between two looks for orphans that have ended, and at anything where the kernel tells nothing.
constexpr milliseconds kLongestLook{1'000};
constexpr milliseconds kShortLook{20};
// How long a killed process may take to go: it may be in a call to a file system that is silent.
constexpr milliseconds kForDying{5'000};
// The grace of a command when we are asked to end: whoever asked kills us after a while, and what
// tidies up has to have its time before that.
constexpr milliseconds kGraceAtEnd{5'000};

// Readable when the process has ended. Linux before 5.3 has none: then we look every now and then.
Descriptor watch_end(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// As long as a command runs, it cannot read our memory or our environment in /proc, where the
// secrets are that it was not given; unless it may trace everything (CAP_SYS_PTRACE).
class Closed {
 public:
  Closed() { ::prctl(PR_SET_DUMPABLE, 0); }
  Closed(const Closed&) = delete;
  Closed& operator=(const Closed&) = delete;
  ~Closed() { ::prctl(PR_SET_DUMPABLE, 1); }
};

class Child {
 public:
  Child(Spawned spawned, const Limits& limits, const time::Clock& clock, int interrupt_fd,
        const std::function<void(std::string_view)>& line)
      : pid_(spawned.pid),
        output_(std::move(spawned.output)),
        end_(watch_end(spawned.pid)),
        limits_(limits),
        clock_(clock),
        interrupt_fd_(interrupt_fd),
        lines_(line),
        began_(clock.uptime()),
        next_step_(began_ + limits.timeout) {
    ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  }

  Ending run() {
    while (!status_) {
      wait(next_step_ - clock_.uptime());
      reap();
      if (!status_ && clock_.uptime() >= next_step_) escalate(Ending::How::timed_out);
    }
    conclude();
    end_the_rest();
    read_output();
    lines_.finish();
    ending_.took = clock_.uptime() - began_;
    return ending_;
  }

 private:
  // Running, asked to end, killed.
  void escalate(Ending::How why) {
    if (asked_to_end_) {
      signal_all(SIGKILL);
      next_step_ = clock_.uptime() + kShortLook;  // what it has forked meanwhile
      return;
    }
    asked_to_end_ = true;
    ending_.how = why;
    signal_all(SIGTERM);
    const bool hurry = why == Ending::How::interrupted;
    next_step_ = clock_.uptime() + (hurry ? std::min(limits_.grace, kGraceAtEnd) : limits_.grace);
  }

  void signal_all(int signal) const {
    const auto all = kin();
    // Once its leader is gone the group's number may be somebody else's; it is used only where the
    // family cannot be seen.
    if (!status_ || all.empty()) ::kill(-pid_, signal);
    for (const pid_t pid : all) ::kill(pid, signal);
  }

  // Until something happens, at most so long.
  void wait(milliseconds longest) {
    const milliseconds look = end_.open() ? kLongestLook : kShortLook;
    const auto timeout = std::clamp(longest, milliseconds(0), look);
    std::array<pollfd, 3> events{{{output_.get(), POLLIN, 0},
                                  {status_ ? -1 : end_.get(), POLLIN, 0},
                                  {asked_to_end_ ? -1 : interrupt_fd_, POLLIN, 0}}};
    ::poll(events.data(), events.size(), static_cast<int>(timeout.count()));
    if (events[0].revents != 0) read_output();
    if (events[2].revents != 0) escalate(Ending::How::interrupted);
  }

  void read_output() {
    std::array<char, 16384> buffer{};
    while (output_.open()) {
      const ssize_t got = ::read(output_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) {
        output_.close();
        return;
      }
      lines_.feed({buffer.data(), static_cast<std::size_t>(got)});
      // A command that never stops writing must not keep us from looking at the clock.
      if (static_cast<std::size_t>(got) == buffer.size() && !status_) return;
    }
  }

  // False when no child is left.
  bool reap() {
    while (true) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid < 0 && errno == EINTR) continue;
      if (pid <= 0) return pid == 0;
      if (pid == pid_) status_ = status;
    }
  }

  void conclude() {
    const bool by_itself = !asked_to_end_;
    if (WIFEXITED(*status_)) {
      ending_.status = WEXITSTATUS(*status_);
    } else {
      ending_.status = WTERMSIG(*status_);
      if (by_itself) ending_.how = Ending::How::crashed;
    }
  }

  // The command is gone, its children need not be.
  void end_the_rest() {
    if (asked_to_end_) {
      wait_for_the_rest(next_step_ - clock_.uptime(), 0);
    } else {
      ending_.left_behind = kin().size();
      signal_all(SIGTERM);
      wait_for_the_rest(std::min(limits_.grace, kForDying), 0);
    }
    wait_for_the_rest(kForDying, SIGKILL);
    ending_.unkillable = kin().size();
  }

  void wait_for_the_rest(milliseconds longest, int signal) {
    const milliseconds end = clock_.uptime() + longest;
    while (reap() && clock_.uptime() < end) {
      if (signal != 0) signal_all(signal);
      wait(kShortLook);
    }
  }

  pid_t pid_;
  Descriptor output_;
  Descriptor end_;
  Limits limits_;
  const time::Clock& clock_;
  int interrupt_fd_;
  Lines lines_;
  milliseconds began_;
  milliseconds next_step_;  // when patience ends
  bool asked_to_end_ = false;
  std::optional<int> status_;
  Ending ending_;
};

}  // namespace

std::string ending_words(const Ending& ending) {
  switch (ending.how) {
    case Ending::How::exited:
      return cat("ended with exit code ", ending.status);
    case Ending::How::crashed:
      return cat("was ended by signal ", ending.status, " (", ::strsignal(ending.status), ")");
    case Ending::How::timed_out:
      return cat("did not end in time and was stopped after ", text::show_duration(ending.took));
    case Ending::How::interrupted:
      return "was stopped, because this program was asked to end";
  }
  return "?";
}

Result<Ending> run_child(const Command& command, const Limits& limits, const time::Clock& clock,
                         int interrupt_fd, const std::function<void(std::string_view line)>& line) {
  adopt_orphans();
  const Closed closed;
  auto spawned = spawn(command);
  if (!spawned) return forward(spawned.error());
  return Child(*std::move(spawned), limits, clock, interrupt_fd, line).run();
}

}  // namespace stagegate::inttest
