// Numbers as Woodpecker writes them: YAML numbers go through Go's %v, which turns 1000000.0 into
// "1e+06" and 12345e7 into "1.2345e+11".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagegate::settings {

// True for what %v writes with an exponent: one digit before the point, a sign and at least two
// digits in the exponent. Also for its infinities.
bool is_rewritten_number(std::string_view text);

// "1e+06" becomes "1000000", "3.0" becomes "3"; exact. Empty when it is no number or not whole.
std::optional<std::string> plain_whole_number(std::string_view text);

}  // namespace stagegate::settings
