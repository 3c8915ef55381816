// What the connections have seen, in the order in which it came, for the one who writes the log.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "common/kube/follow.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/bell.hpp"
#include "plugins/audit-writer/watch/scene.hpp"

namespace stagegate::audit_writer {

struct Sighting {
  std::size_t connection = 0;
  Kind kind = Kind::event;
  kube::Seen seen = kube::Seen::complete;
  text::Json object = {};
};

class Inbox {
 public:
  // Waits while there is no room: a connection reads no further than the log can follow. False when
  // nothing is wanted any more.
  bool put(Sighting sighting);
  // A connection that has come to its end.
  void fail(Failure failure);
  void close();

  std::vector<Sighting> take();
  std::optional<Failure> failure() const;
  // Readable when there is something to take, or a failure.
  int fd() const { return bell_.fd(); }

 private:
  static constexpr std::size_t kRoom = 256;

  Bell bell_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::deque<Sighting> sightings_;
  std::optional<Failure> failure_;
  bool closed_ = false;
};

}  // namespace stagegate::audit_writer
