// What paused Rollouts come to, by the setting on_pause. The worst of them counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/argocd-sync/rollout/standing.hpp"

namespace stagegate::argocd {

enum class OnPause : std::uint8_t { fail, succeed, wait, resume };

struct Ruling {
  enum class Kind : std::uint8_t {
    done,  // no Rollout is in the way (or there is none)
    wait,
    resume,   // let those of `resume` go on, then look again
    succeed,  // the new version stands where somebody else takes over
    fail,
    inconclusive,  // never a success, and never resumed: nobody knows whether it is good
  };
  struct Target {
    std::string name_space;
    std::string name;
    bool operator==(const Target&) const = default;
  };
  Kind kind = Kind::done;
  // While waiting: when the first pause ends, so that a look is worth it.
  std::optional<time::Instant> until = {};
  std::string words = {};
  std::vector<Target> resume = {};
};

// A pause that ends by itself is waited for, whatever the policy. A Rollout that is paused by hand
// is waited for or a failure: who paused it did not do so for us to call it a success or to let it
// go on.
Ruling rule(const std::vector<RolloutView>& views, OnPause policy);

}  // namespace stagegate::argocd
