// Text on its way into a page.
#pragma once

#include <string>
#include <string_view>

namespace stagegate::market_hours {

// Fit for an element's content and for an attribute in double quotes.
std::string escaped(std::string_view text);

// The id of a stage's card, which links lead to.
std::string anchor_of(std::string_view stage);

}  // namespace stagegate::market_hours
