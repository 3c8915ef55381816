// Who it was: from what is claimed in the settings and what the CI says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/audit/grant/grant.hpp"
#include "plugins/audit-writer/draft/pipeline.hpp"

namespace stagegate::audit_writer {

enum class ActorKind { human, service, unknown };

struct Claim {
  std::string name;                 // empty: nothing is claimed
  std::optional<ActorKind> kind{};  // by default told from the name and the run
};

// The claimed operator, or else the author of the run. `verified` only when the name is the one
// that the CI vouches for. A name that is not the author's is kept, with the author beside it.
std::optional<audit::Actor> operator_of(const Claim& claim, const Pipeline& pipeline);

// Somebody whom nobody vouches for.
audit::Actor claimed_actor(const Claim& claim, std::string_view via);

}  // namespace stagegate::audit_writer
