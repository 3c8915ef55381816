// Appending to a log. A record has its place, for good, when its slot has been linked to the next
// free name: link(2) takes a name exactly once, on every file system and over NFS, whatever locks
// say. All else (the line in its segment, the checkpoint, the tiles) follows from the slots and is
// completed by whoever comes next.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/recent_keys.hpp"
#include "common/audit/log/view.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// Who writes, for the records that do not say so themselves.
struct Writer {
  std::string tool = "stagegate";
  std::string version = {};  // empty: this build's
  std::string host = {};     // empty: the machine's name
};

struct LogOptions {
  std::chrono::milliseconds lock_wait{2'000};  // for the courtesy lock; 0: do not even try
  int most_tries = 2'000;
  Writer writer = {};
  std::function<Stamp()> now;  // empty: the machine's clock
  // Told the name of each step before it is taken: tests end the process there.
  std::function<void(std::string_view)> on_step;
};
inline constexpr std::array<std::string_view, 15> kAppendSteps = {
    "lock", "view", "materialise", "decide",  "idempotency", "stage", "link", "unlink",
    "sync", "late", "line",        "publish", "tiles",       "prune", "done"};

struct Appended {
  std::uint64_t seq = 0;
  std::uint64_t size = 0;  // of the log with this record, or more for a duplicate
  Hash root{};             // at that size
  bool duplicate = false;  // the idempotency key was there already: seq is the first one's
  bool locked = false;
  int tries = 1;
  std::string line;                   // the record as it was committed
  std::string checkpoint;             // signed, for the size above
  std::vector<std::string> warnings;  // the record is safe, but something else did not work
};

// Looks at the log as it is and gives the record to add to it, or says why none may be added. Is
// called again whenever somebody else was quicker.
using Decide = std::function<Result<Draft>(const View&)>;

class Log {
 public:
  // Makes the directory's contents and the first record (log.init). Refused where there is a log
  // already; fails with unknown where the file system has no hard links. One that was interrupted
  // can be repeated.
  static Result<Appended> init(const Layout& layout, const SigningKey& key,
                               const LogOptions& options);
  // Refused when there is no log (it is never made by accident) or it has another key.
  static Result<Log> open(const Layout& layout, SigningKey key, LogOptions options);

  const Layout& layout() const { return layout_; }
  const SigningKey& key() const { return key_; }
  const VerifyKey& verify_key() const { return key_.verify_key(); }

  // When it returns a success the record is durable. Failures: usage (the draft), conflict (the
  // idempotency key was used for something else; the log has been tampered with), unknown (I/O),
  // deadline, and whatever `decide` says.
  Result<Appended> append(const Draft& draft);
  Result<Appended> append_if(const Decide& decide);

 private:
  // What earlier attempts have found out.
  struct Seen {
    std::uint64_t size = 0;      // of the log
    std::uint64_t searched = 0;  // records below this one do not have the idempotency key
  };
  Log(Layout layout, SigningKey key, LogOptions options);
  Result<std::optional<Appended>> attempt(const Decide& decide, Seen& seen);
  Result<std::optional<Appended>> commit(const View& view, const Draft& draft);
  Result<std::optional<Appended>> find_duplicate(const View& view, const Draft& draft, Seen& seen);
  Result<bool> was_overtaken(const View& view, const Slot& slot);
  void complete(const View& view, const Slot& slot, Appended& appended);
  void step(std::string_view name) const;

  Layout layout_;
  SigningKey key_;
  LogOptions options_;
  std::optional<OwnWork> latest_;  // empty before the first append
  RecentKeys keys_;
};

}  // namespace stagegate::audit
