// Regular expressions from settings, held against short texts that somebody else chose. std::regex
// does the work, in pattern.cpp only.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::text {

class Pattern {
 public:
  // Texts that are longer are never found to match.
  static constexpr std::size_t kLongestText = 512;

  // ECMAScript, without back references: those alone could make a match take for ever. Refused
  // (usage): what is none, and what would take more memory than any sensible one.
  static Result<Pattern> parse(std::string_view expression);
  // Somewhere in the text; ^ and $ are its ends.
  bool found_in(std::string_view text) const;

 private:
  class Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace stagegate::text
