// Whether what was asked for is what runs now, and whether it was us. Pure: it is handed one
// Application after the other, as the API told it, and says what follows. The rules are V1 to V9 of
// the design: all of them hold for one and the same object, and go on holding for a while.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/argocd-sync/app/application.hpp"

namespace stagegate::argocd {

using std::chrono::milliseconds;

// What has to be true in the end.
struct Goal {
  std::string run;                     // whose operation it must be; empty: anybody's
  std::vector<std::string> revisions;  // one for each source; empty: whatever is applied
  std::vector<std::string> images;     // that must be among those of the pods
  bool exclusive = false;              // and no other tag of them
  bool leftovers = false;              // resources that would be pruned may stay
  // Whether the specification still asks for what we have asked for, in words if it does not.
  // Empty: nothing was asked for there.
  std::function<std::string(const Application&)> reverted = {};
};

struct Patience {
  milliseconds settle{10'000};          // how long all must hold before it counts
  milliseconds degraded_grace{60'000};  // a disruption budget or an autoscaler may blink
  milliseconds error_grace{60'000};     // a comparison fails while Git is down
  milliseconds out_of_sync_grace{30'000};
  milliseconds image_grace{60'000};   // healthy, and the images are still others
  milliseconds window_grace{60'000};  // the first pass of a permitted sync looks blocked
  milliseconds lost_grace{30'000};
  milliseconds hard_refresh{30'000};  // without a new comparison
};

struct Judgement {
  enum class Kind {
    waiting,  // for what `words` say
    success,
    failed,      // the sync, the health, or the images
    superseded,  // somebody else's operation
    reverted,    // somebody took back what we had set
    lost,        // our operation has vanished
    blocked,     // by a sync window
    paused,      // a Rollout stands
    gone,        // the Application is being deleted
  };
  enum class Ask { nothing, refresh, hard_refresh };

  Kind kind = Kind::waiting;
  std::string words = {};
  Ask ask = Ask::nothing;           // while waiting: what makes Argo CD look again
  std::string other_revision = {};  // while waiting: is what we want in this one, too? (accept())
  bool degraded = false;            // while waiting: its Rollouts may say that no waiting mends it
  // While waiting: how long it takes at most until patience ends, if nothing changes.
  std::optional<milliseconds> again = {};

  bool over() const { return kind != Kind::waiting; }
};

class Judge {
 public:
  Judge(Goal goal, Patience patience) : goal_(std::move(goal)), patience_(patience) {}

  // `now` on a clock that is never set. Objects must come in the order of their versions.
  Judgement judge(const Application& app, milliseconds now);

  // The operation that began then is as good as ours: auto-sync has taken up what we had set.
  void adopt(std::string started_at) { adopted_ = std::move(started_at); }
  // The branch has moved on, and what we want is in the new revision, too.
  void accept(std::string revision) { accepted_.push_back(std::move(revision)); }

 private:
  using Found = std::optional<Judgement>;
  Found ownership(const Application& app, milliseconds now);
  Found running(const OperationState& state, milliseconds now);
  Found completeness(const OperationState& state) const;
  Found freshness(const Application& app, milliseconds now);
  Found agreement(const Application& app, milliseconds now);
  Found revision(const Application& app) const;
  Found synchrony(const Application& app, milliseconds now);
  Found health(const Application& app, milliseconds now);
  Found images(const Application& app, milliseconds now);
  Found leftover_images(const Application& app, milliseconds now);
  Judgement settled(milliseconds now);

  bool mine(const Operation& operation, std::string_view started_at) const;
  // Whether this has been so for less than `grace`; what has not been asked for in one round is not
  // so any more.
  bool within(milliseconds grace, const std::string& what, milliseconds now);
  Judgement look_again(std::string words, milliseconds now);

  Goal goal_;
  Patience patience_;
  std::string adopted_;
  std::vector<std::string> accepted_;
  bool succeeded_ = false;  // our operation was seen to have succeeded
  struct Spell {
    milliseconds begun;
    bool lasting;
  };
  std::map<std::string, Spell> spells_;
  std::optional<milliseconds> again_;
};

}  // namespace stagegate::argocd
