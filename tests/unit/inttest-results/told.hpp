// Results files in memory, read in one go or byte by byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/inttest-runner/results/reading.hpp"

namespace stagegate::inttest {

struct Told {
  std::optional<Reading> reading;
  std::string failure;  // why there is no reading
  std::vector<TestCase> tests;

  bool operator==(const Told&) const = default;
};

Told told(std::string_view file, std::size_t piece = std::string_view::npos);
// The reason why the file is refused, which must be its own fault; empty when it is not refused.
std::string refusal(std::string_view file);

// The file byte by byte is the same file; cut anywhere it is refused, or nothing is missing.
void check_pieces_and_cuts(std::string_view file);

}  // namespace stagegate::inttest
