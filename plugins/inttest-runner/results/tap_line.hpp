// One line of TAP (versions 12 to 14). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::inttest {

struct TapPoint {
  enum class Directive : std::uint8_t { none, skip, todo };

  bool ok = false;
  std::optional<std::uint64_t> number;
  std::string description;
  Directive directive = Directive::none;
  std::string reason;  // of the directive
};

struct TapLine {
  enum class Kind : std::uint8_t {
    blank,
    comment,
    version,
    plan,
    point,
    bail_out,
    nested,  // of a subtest, which the line of its test sums up
    marker,  // "---" or "...", indented
    other,   // what a test printed itself, or an extension: passed over
  };

  Kind kind = Kind::other;
  std::size_t indentation = 0;
  std::string_view text;    // without blanks around it; of a bail-out, the reason
  std::uint64_t count = 0;  // of a plan
  TapPoint point;
};

// Fails (usage) at a plan or the number of a test that is no count.
Result<TapLine> parse_tap_line(std::string_view line);

}  // namespace stagegate::inttest
