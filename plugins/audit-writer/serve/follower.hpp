// The log as it grows, whoever writes it.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log/view.hpp"
#include "plugins/audit-writer/serve/board.hpp"

namespace stagegate::audit_writer {

// What is known of the log at one moment.
struct Look {
  std::shared_ptr<const audit::View> view;  // null while it has never been read
  std::vector<StageNow> stages;
  std::vector<GrantNow> grants;
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t redacted = 0;
  std::optional<audit::Stamp> newest;   // record
  std::optional<audit::Stamp> read_at;  // when the log was last read to its end
  std::string failure;                  // why it could not be read since then

  std::uint64_t size() const { return view ? view->size() : 0; }
  // Whether what it shows may be old.
  bool stale(audit::Stamp now) const;
};

class Follower {
 public:
  // `open` opens the log; it may take as long as the file system does.
  using Open = std::function<Result<audit::View>()>;
  Follower(Open open, const std::vector<std::string>& stages);

  // Reads what is new. One caller at a time does, others wait for it.
  void follow(audit::Stamp now);
  // Never waits for the file system.
  Look look(audit::Stamp now) const;

 private:
  Result<> take_new(const audit::View& view);

  Open open_;
  std::mutex following_;
  mutable std::mutex mutex_;  // of all below
  Board board_;
  std::uint64_t taken_ = 0;
  std::shared_ptr<const audit::View> view_;
  std::optional<audit::Stamp> read_at_;
  std::string failure_;
};

}  // namespace stagegate::audit_writer
