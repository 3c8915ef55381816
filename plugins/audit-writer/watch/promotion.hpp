// What a Promotion says has happened.
#pragma once

#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// Its request; and its end when there has been one. `gone`: the object has just been deleted; one
// that had not come to its end will not any more.
std::vector<Fact> facts_of_promotion(const text::Json& promotion, std::string_view image,
                                     bool gone);

// The key under which anybody records an event of a promotion.
std::string promotion_key(std::string_view promotion, std::string_view event);

}  // namespace stagegate::audit_writer
