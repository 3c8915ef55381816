// The gate's side of the audit log: what it reads there and what it writes. Every call is bounded
// in time, and may come from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/gate_record.hpp"
#include "common/audit/grant/grant.hpp"
#include "common/audit/settings.hpp"
#include "plugins/market-hours-check/clearance/clerk.hpp"

namespace stagegate::market_hours {

class Books {
 public:
  using Now = std::function<audit::Stamp()>;
  // The log is opened for every call: a volume that is mounted late, a key that is replaced and a
  // log that was repaired need no restart.
  Books(audit::LogSettings settings, audit::GrantRules rules, Now now);

  // Whether the log is there and the key is its own, for whoever starts.
  Result<> look();

  Result<std::optional<audit::Approval>> approval(const audit::Passage& passage);
  Result<std::optional<audit::Consumed>> consume(const audit::Passage& passage);

  // The seq of the record. With `approved` it is written only if that approval still holds, as of
  // the record before: refused otherwise.
  Result<std::uint64_t> record(const audit::GateSaying& saying, bool approved);

  // Of people's requests: drafts made by grant_draft() and approval_draft().
  Result<audit::Appended> append(const audit::Draft& draft);
  Result<std::vector<audit::GrantState>> grants();

  // Where a record goes that could not be stored: one line on stderr that `audit-writer import`
  // reads. A consumer that asks again and again has it printed once.
  void print_pending(const audit::GateSaying& saying);

  audit::Stamp now() const { return core_->now(); }

 private:
  struct Core {
    audit::LogSettings settings;
    audit::GrantRules rules;
    Now now;
    // What was written last for each consumer: one that asks every half minute is not worth a look
    // into the log each time. On the clerk's thread only.
    struct Written {
      std::string key;
      std::uint64_t seq;
    };
    std::unordered_map<std::string, Written> last;

    // The newest state of the log that was seen.
    struct Seen {
      std::uint64_t size;
      audit::Hash root;
    };
    std::optional<Seen> newest;

    Result<audit::Log> open() const;
    Result<audit::View> open_view();
    Result<> see(std::uint64_t size, const audit::Hash& root);
    Result<std::optional<audit::Override>> find_override(const audit::View& view,
                                                         const audit::Passage& passage) const;
    Result<std::uint64_t> record(const audit::GateSaying& saying, bool approved);
  };

  std::shared_ptr<Core> core_;
  Clerk clerk_;
  std::mutex printed_mutex_;
  std::unordered_map<std::string, std::string> printed_;  // the last key of each consumer
};

}  // namespace stagegate::market_hours
