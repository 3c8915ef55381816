#include "plugins/audit-writer/serve/scribe.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using Clock = std::chrono::steady_clock;

// Beyond it a caller is better off to come again.
constexpr std::size_t kMostWaiting = 256;
constexpr std::chrono::hours kLong{1};

struct Job {
  audit::Draft draft;
  std::optional<Result<audit::Appended>> result;
  bool given_up = false;
};

}  // namespace

struct Scribe::Desk {
  std::mutex mutex;
  std::condition_variable done;
  std::deque<std::shared_ptr<Job>> waiting;
  std::optional<Clock::time_point> writing_since;

  std::shared_ptr<Job> next() {
    const std::lock_guard lock(mutex);
    // Nobody waits for these any more: they have been told that they are not stored.
    while (!waiting.empty() && waiting.front()->given_up) waiting.pop_front();
    if (waiting.empty()) return nullptr;
    auto job = waiting.front();
    waiting.pop_front();
    writing_since = Clock::now();
    return job;
  }
  bool stuck(std::chrono::milliseconds deadline) const {
    return writing_since && Clock::now() - *writing_since > deadline;
  }
  void finish(Job& job, Result<audit::Appended> result) {
    const std::lock_guard lock(mutex);
    job.result = std::move(result);
    writing_since.reset();
    done.notify_all();
  }
};

Scribe::Scribe(Append append, std::chrono::milliseconds deadline)
    : desk_(std::make_shared<Desk>()),
      deadline_(deadline),
      thread_([desk = desk_, append = std::move(append)](Pause& pause) {
        do {
          while (const auto job = desk->next()) desk->finish(*job, append(job->draft));
        } while (pause.wait(kLong));
      }) {}

Scribe::~Scribe() = default;

Result<audit::Appended> Scribe::store(const audit::Draft& draft) {
  auto job = std::make_shared<Job>();
  job->draft = draft;
  std::unique_lock lock(desk_->mutex);
  // Whoever would wait behind a store that does not answer keeps others from being answered.
  if (desk_->stuck(deadline_)) {
    return unknown("the store does not answer: the record is not stored; try again");
  }
  if (desk_->waiting.size() >= kMostWaiting) {
    return unknown("too many records are waiting to be stored: try again");
  }
  desk_->waiting.push_back(job);
  thread_.wake();
  if (desk_->done.wait_for(lock, deadline_, [&] { return job->result.has_value(); })) {
    return *std::move(job->result);
  }
  job->given_up = true;
  return fail(Failure::Kind::deadline,
              text::cat("the store has not answered for ", deadline_.count() / 1000,
                        " s: it is not known whether the record is stored; try again with the same "
                        "idem"));
}

bool Scribe::stuck() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->stuck(deadline_);
}

}  // namespace stagegate::audit_writer
