#include "plugins/audit-writer/watch/inbox.hpp"

#include <iterator>
#include <utility>

namespace stagegate::audit_writer {

bool Inbox::put(Sighting sighting) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return closed_ || sightings_.size() < kRoom; });
  if (closed_) return false;
  sightings_.push_back(std::move(sighting));
  bell_.ring();
  return true;
}

void Inbox::fail(Failure failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(failure);
  bell_.ring();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  room_.notify_all();
}

std::vector<Sighting> Inbox::take() {
  const std::lock_guard lock(mutex_);
  bell_.silence();
  std::vector<Sighting> all(std::make_move_iterator(sightings_.begin()),
                            std::make_move_iterator(sightings_.end()));
  sightings_.clear();
  room_.notify_all();
  return all;
}

std::optional<Failure> Inbox::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace stagegate::audit_writer
