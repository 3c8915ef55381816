// The coming days as a drawing: a row for each day, midnight to midnight.
#pragma once

#include <string>

#include "plugins/market-hours-check/serve/board.hpp"

namespace stagegate::market_hours {

// An SVG element with a text alternative. `id` is unique on the page and fit for an attribute.
// Empty when there are no days to draw.
std::string timeline_svg(const BoardStage& shown, time::Instant at, const std::string& id);

// The hatching of freezes, once a page and before any time line.
std::string timeline_patterns();

}  // namespace stagegate::market_hours
