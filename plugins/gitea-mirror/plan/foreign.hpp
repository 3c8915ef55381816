// Commits on the target that did not come from the source: somebody pushed to the mirror.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/plan/plan.hpp"
#include "plugins/gitea-mirror/wire/oid_list.hpp"

namespace stagegate::mirror {

enum class OnForeign {
  overwrite,  // the mirror is what the source is; they are named loudly
  keep,       // their refs stay as they are
  fail,       // nothing is sent
};
std::string_view name_of(OnForeign policy);
std::optional<OnForeign> on_foreign_of(std::string_view name);

struct ForeignRef {
  std::string name;
  Oid oid;               // which the source does not know
  bool deleted = false;  // the ref would go; otherwise it would be set to something else
};

// What would be lost and is at no tip of the source: the source has to be asked whether it knows
// it (FetchRequest::write_question). Sorted; empty: there is nothing to ask.
OidList doubtful(const Plan& plan);

// Of all that would be lost, what the source does not know. `known` is its answer.
std::vector<ForeignRef> foreign_refs(const Plan& plan, const OidList& known);

// `keep` takes the changes of these refs out of the plan; `fail` fails (conflict) when there are
// any, and says that a branch that the source has deleted and pruned looks the same.
Result<> apply(OnForeign policy, const std::vector<ForeignRef>& foreign, Plan& plan);

}  // namespace stagegate::mirror
