// What a push asks the source for, and what the target has that deltas may build on.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/gitea-mirror/plan/plan.hpp"
#include "plugins/gitea-mirror/wire/oid_list.hpp"

namespace stagegate::mirror {

struct Bases {
  // Empty: the target has all objects. The source is not asked, and an empty pack goes.
  OidList wants;
  // Each of them is at the tip of a ref of the target, or one of its ".have": the target has all
  // that they reach, so a thin pack can be completed there.
  OidList haves;
};

// The values that are replaced, then the branch of the source's HEAD, then branches, then tags from
// the last name on, then `advertised` (".have"): of all but the first, `most`. A thousand make the
// same pack as a hundred thousand, and servers limit what they read.
Bases bases_of(const Plan& plan, const std::vector<Change>& updates, const OidList& advertised,
               std::size_t most = 1'000);

}  // namespace stagegate::mirror
