// What a gate has said to a promotion, as a record.
#pragma once

#include <optional>
#include <string>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "common/audit/grant/passage.hpp"
#include "common/audit/record/actor.hpp"

namespace stagegate::audit {

enum class GateEvent : std::uint8_t {
  passed,
  blocked,
  overridden,  // by a grant
  errored,     // it could not be found out, or could not be recorded
};

struct GateSaying {
  GateEvent event = GateEvent::blocked;
  Passage passage;
  std::string reason;  // "market_open: closes 2026-11-20T21:00:00Z"; the same while nothing changes
  std::optional<Stamp> next_change_at = {};
  std::optional<Grant> grant = {};
  std::optional<Approval> approval = {};
};

// The same saying gives the same idempotency key, so that a gate that is asked again and again
// writes down each change once.
Draft gate_draft(const GateSaying& saying);

}  // namespace stagegate::audit
