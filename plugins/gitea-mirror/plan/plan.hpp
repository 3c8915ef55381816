// What has to change on the target, decided from what both sides list. Nothing is sent here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/plan/select.hpp"
#include "plugins/gitea-mirror/wire/push_request.hpp"
#include "plugins/gitea-mirror/wire/snapshot.hpp"

namespace stagegate::mirror {

// A branch that is mirrored at exactly this commit, although its tip may have gone on.
struct Pin {
  std::string ref;
  Oid oid;
};

struct PlanSettings {
  Selection selection;
  std::vector<Pin> pins = {};
  bool prune = true;             // what the source does not have goes
  std::size_t max_delete = 10;   // more deletions are a mistake: nothing is sent
  std::string target_head = {};  // the target's default branch, where it is known (API)
};

// Some of a plan's changes, in the order in which they go. Eight bytes each: the two snapshots are
// looked at again for the rest, so a plan must not outlive them.
struct Change {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t source = kNone;  // where in the source's refs; none: deleted
  std::uint32_t target = kNone;  // where in the target's refs; none: created
};

class Plan {
 public:
  // Fails (conflict), with nothing to be sent, when a guard says no: formats that differ, a shallow
  // source, a source without refs, too many deletions; (usage) for a pin that can be none.
  static Result<Plan> make(const Snapshot& source, const Snapshot& target,
                           const PlanSettings& settings);

  // The snapshots are looked at again for as long as the plan is used.
  static Result<Plan> make(const Snapshot&&, const Snapshot&, const PlanSettings&) = delete;
  static Result<Plan> make(const Snapshot&, const Snapshot&&, const PlanSettings&) = delete;
  static Result<Plan> make(const Snapshot&&, const Snapshot&&, const PlanSettings&) = delete;

  // Three pushes, any of which may be empty. Deletions without which a creation cannot be (a branch
  // "a" in the way of "a/b") go first; creations and updates follow, the branch of the source's
  // HEAD before all, since hosts make the first branch of an empty repository its default; all
  // other deletions go last, so that nothing is gone before its successor is there.
  std::vector<Change> clearing;
  std::vector<Change> updates;
  std::vector<Change> deletions;

  std::size_t in_sync = 0;             // selected refs that are equal already
  std::size_t unpruned = 0;            // on the target only, and left there
  std::vector<std::string> idle_pins;  // of refs that the source does not have, or not select
  bool wants_past_tips = false;        // a pin is no tip: see hands_out_any()
  bool deletes_target_head = false;    // its default has to be changed before, by API

  bool empty() const { return clearing.empty() && updates.empty() && deletions.empty(); }
  std::size_t deletion_count() const { return clearing.size() + deletions.size(); }
  // The command of a change.
  RefUpdate update(const Change& change) const;
  const Snapshot& source() const { return *source_; }
  const Snapshot& target() const { return *target_; }

 private:
  Plan(const Snapshot& source, const Snapshot& target);
  Result<> place_pins(const PlanSettings& settings);
  void compare(const PlanSettings& settings);
  void note(std::size_t source_at, std::size_t target_at, const PlanSettings& settings);
  void put_in_order();
  bool blocks(const Change& deletion) const;
  Oid wanted(std::size_t source_at) const;

  const Snapshot* source_;
  const Snapshot* target_;
  struct PinAt {
    std::size_t source;
    Oid oid;
  };
  std::vector<PinAt> pins_;
};

}  // namespace stagegate::mirror
