#include "plugins/audit-writer/serve/follower.hpp"

#include "plugins/audit-writer/query/source.hpp"

namespace stagegate::audit_writer {
namespace {

// Several times as long as a read of the log usually is away from the next one.
constexpr std::chrono::seconds kOld{30};
// How many records are taken before those who look get their turn.
constexpr std::uint64_t kBatch = 1'000;

}  // namespace

bool Look::stale(audit::Stamp now) const {
  return !read_at || now - *read_at > kOld;
}

Follower::Follower(Open open, const std::vector<std::string>& stages)
    : open_(std::move(open)), board_(stages) {}

Result<> Follower::take_new(const audit::View& view) {
  const ViewSource source(view);
  std::vector<Record> batch;
  const auto take_batch = [&] {
    const std::lock_guard lock(mutex_);
    for (const Record& record : batch) board_.take(record);
    taken_ += batch.size();
    batch.clear();
  };
  auto read = each_record(source, taken_, [&](const Record& record) {
    batch.push_back(record);
    if (batch.size() == kBatch) take_batch();
    return audit::Next::go_on;
  });
  take_batch();
  return read;
}

void Follower::follow(audit::Stamp now) {
  const std::lock_guard following(following_);
  auto view = open_();
  std::string failure;
  std::shared_ptr<const audit::View> fresh;
  if (!view) {
    failure = view.error().message;
  } else if (view->size() < taken_) {
    // Never silently: a log only grows.
    failure = "the log has become smaller: run `audit-writer verify`";
  } else {
    fresh = std::make_shared<const audit::View>(*std::move(view));
    if (const auto taken = take_new(*fresh); !taken) failure = taken.error().message;
  }
  const std::lock_guard lock(mutex_);
  if (failure.empty()) {
    view_ = std::move(fresh);
    read_at_ = now;
  }
  failure_ = std::move(failure);
}

Look Follower::look(audit::Stamp now) const {
  const std::lock_guard lock(mutex_);
  return {.view = view_,
          .stages = board_.stages(),
          .grants = board_.grants(now),
          .counts = board_.counts(),
          .redacted = board_.redacted(),
          .newest = board_.newest(),
          .read_at = read_at_,
          .failure = failure_};
}

}  // namespace stagegate::audit_writer
