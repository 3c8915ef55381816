// What one of Kargo's Kubernetes Events says has happened.
#pragma once

#include <optional>
#include <string_view>

#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// Events live for an hour, and whoever may write Events can invent one: what an object says too, is
// taken from there (second_hand). Approvals are the exception, because no object says who approved.
// Nothing for Events of other kinds, and of Freight that has merely been found.
std::optional<Fact> fact_of_event(const text::Json& event, std::string_view image);

}  // namespace stagegate::audit_writer
