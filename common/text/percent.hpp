// Text as a part of an address.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagegate::text {

inline constexpr std::string_view kUpperHex = "0123456789ABCDEF";
inline constexpr std::string_view kLowerHex = "0123456789abcdef";

// Everything but letters, digits and -._~ as %XX: fit for a path segment, a query name or a query
// value.
// The value of a hexadecimal digit, in either case.
std::optional<unsigned> hex_value(char c);

std::string percent_encode(std::string_view text, std::string_view hex = kUpperHex);

}  // namespace stagegate::text
