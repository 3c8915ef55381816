#include "plugins/audit-writer/serve/background.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr std::chrono::seconds kPatience{5};

}  // namespace

bool Pause::wait(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [&] { return woken_ || ended_; });
  woken_ = false;
  return !ended_;
}

void Pause::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Pause::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

Background::Background(Work work)
    : shared_(std::make_shared<Shared>()),
      thread_([shared = shared_, work = std::move(work)]() mutable {
        work(shared->pause);
        work = nullptr;  // what it holds goes before anybody is told that it is done
        const std::lock_guard lock(shared->mutex);
        shared->done = true;
        shared->done_changed.notify_all();
      }) {}

Background::~Background() {
  shared_->pause.end();
  std::unique_lock lock(shared_->mutex);
  const bool done = shared_->done_changed.wait_for(lock, kPatience, [&] { return shared_->done; });
  lock.unlock();
  if (done) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

}  // namespace stagegate::audit_writer
