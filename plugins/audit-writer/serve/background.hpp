// Work beside the answering of requests, on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace stagegate::audit_writer {

// What such work waits with.
class Pause {
 public:
  // False when it is time to end.
  bool wait(std::chrono::milliseconds at_most);
  // Ends the wait that is under way, or else the next one.
  void wake();
  void end();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool ended_ = false;
};

// `work` runs until it returns; it should as soon as its pause says so. Because a file system that
// does not answer can hold it for ever, the end waits only so long and then leaves it behind: what
// it uses must be its own (captured by value or shared).
class Background {
 public:
  using Work = std::function<void(Pause&)>;
  explicit Background(Work work);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();
  void wake() { shared_->pause.wake(); }

 private:
  struct Shared {
    Pause pause;
    std::mutex mutex;
    std::condition_variable done_changed;
    bool done = false;
  };
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace stagegate::audit_writer
