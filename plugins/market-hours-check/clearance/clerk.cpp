#include "plugins/market-hours-check/clearance/clerk.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {

struct Clerk::Desk {
  struct Job {
    std::function<void()> work;
    bool abandoned = false;  // nobody waits for it any more
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Job>> waiting;
  std::shared_ptr<Job> at_hand;
  bool stuck = false;  // it has missed its deadline
  bool closing = false;

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return closing || !waiting.empty(); });
      if (waiting.empty()) return;
      const auto job = waiting.front();
      waiting.pop_front();
      if (job->abandoned) continue;
      at_hand = job;
      lock.unlock();
      job->work();
      lock.lock();
      at_hand = nullptr;
      stuck = false;
      changed.notify_all();
    }
  }
};

Clerk::Clerk(std::chrono::milliseconds deadline)
    : deadline_(deadline),
      desk_(std::make_shared<Desk>()),
      // It owns its desk, because it may have to be left behind.
      thread_([desk = desk_] { desk->work(); }) {}

Clerk::~Clerk() {
  std::unique_lock lock(desk_->mutex);
  desk_->closing = true;
  desk_->changed.notify_all();
  desk_->changed.wait_for(lock, deadline_, [&] { return !desk_->at_hand || desk_->stuck; });
  const bool hangs = desk_->at_hand != nullptr;
  lock.unlock();
  if (hangs) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

bool Clerk::hand_over(std::function<void()> work, const std::function<bool()>& wait) {
  auto job = std::make_shared<Desk::Job>();
  job->work = std::move(work);
  {
    const std::lock_guard lock(desk_->mutex);
    // Behind a job that hangs, waiting the whole time again would tell nothing new.
    if (desk_->stuck) return false;
    desk_->waiting.push_back(job);
    desk_->changed.notify_all();
  }
  if (wait()) return true;
  const std::lock_guard lock(desk_->mutex);
  job->abandoned = true;
  // It may have been done this moment, and another one be at hand.
  if (desk_->at_hand == job) desk_->stuck = true;
  return false;
}

tl::unexpected<Failure> Clerk::late() const {
  return fail(Failure::Kind::deadline,
              text::cat("the audit log's file system has not answered for ",
                        text::show_duration(deadline_), ": is its server reachable?"));
}

}  // namespace stagegate::market_hours
