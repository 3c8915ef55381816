// The page for people: one HTML document that needs nothing else, not even JavaScript.
#pragma once

#include <string>

#include "plugins/market-hours-check/serve/board.hpp"

namespace stagegate::market_hours {

// `nonce` is fresh for every page and goes into html::page_policy() as well: only the page's own
// style and script may run.
std::string page_html(const Board& board, const std::string& nonce);

}  // namespace stagegate::market_hours
