// The clock as something that is passed in, so that a test, a simulation or a rehearsal can set it.
#pragma once

#include <chrono>

#include "common/time/instant.hpp"

namespace stagegate::time {

using std::chrono::milliseconds;

enum class Woke {
  reached,      // the wall clock shows the asked instant, or later
  elapsed,      // the limit has passed first
  interrupted,  // a signal asks the program to end
  clock_set,    // somebody set the wall clock: look again
};

class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock, cut down to the second.
  virtual Instant now() const = 0;
  // Time since some fixed moment: never set, goes on while the machine is suspended. For deadlines
  // and intervals.
  virtual milliseconds uptime() const = 0;
  // Sleeps until the wall clock shows `until` or `limit` has passed, whichever is first. Wakes at
  // once when the wall clock is set and when a signal asks to end.
  virtual Woke sleep(Instant until, milliseconds limit) = 0;
};

// Sleeps for so long, however the wall clock is set. False when a signal asks to end.
bool pause(Clock& clock, milliseconds length);
// Whether a signal has asked to end.
bool interrupted(Clock& clock);

// The machine's clock. `interrupt_fd` becomes readable when the program should end (common/step);
// -1: never.
class SystemClock : public Clock {
 public:
  explicit SystemClock(int interrupt_fd = -1) : interrupt_fd_(interrupt_fd) {}
  Instant now() const override;
  milliseconds uptime() const override;
  Woke sleep(Instant until, milliseconds limit) override;

 private:
  int interrupt_fd_;
};

// Runs like `base`, but shows `start` at the moment it is made: "what would happen at 15:59?"
class ShiftedClock : public Clock {
 public:
  ShiftedClock(Clock& base, Instant start) : base_(base), shift_(start - base.now()) {}
  Instant now() const override { return base_.now() + shift_; }
  milliseconds uptime() const override { return base_.uptime(); }
  Woke sleep(Instant until, milliseconds limit) override {
    return base_.sleep(until - shift_, limit);
  }

 private:
  Clock& base_;
  seconds shift_;
};

// Stands still until told otherwise; a sleep moves it forward at once. For tests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  milliseconds uptime() const override { return uptime_; }
  Woke sleep(Instant until, milliseconds limit) override;
  // Time passes: wall clock and uptime.
  void advance(milliseconds by);
  // Somebody sets the wall clock; the next sleep wakes with clock_set.
  void set(Instant now);

 private:
  Instant now_;
  milliseconds uptime_{0};
  milliseconds fraction_{0};
  bool set_ = false;
};

}  // namespace stagegate::time
