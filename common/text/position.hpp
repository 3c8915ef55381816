// A place in a text, for people.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "common/text/text.hpp"

namespace stagegate::text {

struct Position {
  int line = 1;                                       // from 1
  int column = 1;                                     // from 1, in bytes
  auto operator<=>(const Position&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
};

// "line 3, column 7: the words"
inline std::string located(Position at, std::string_view words) {
  return cat("line ", at.line, ", column ", at.column, ": ", words);
}

}  // namespace stagegate::text
