// Reads a time zone file (TZif, RFC 9636).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/time/posix_rule.hpp"

namespace stagegate::time {

struct TransitionTable {
  struct Transition {
    Instant at;
    std::uint8_t type;  // from then on
  };
  std::vector<Transition> transitions;  // in order of time
  std::vector<LocalType> types;         // the first holds before the first transition
  PosixRule rule;                       // holds from the last transition on
};

// Fails (kind unknown) on anything but a whole, consistent file of version 2 or later with a rule
// for the time after its last transition: without one, all later instants would be guesswork.
Result<TransitionTable> parse_tzif(std::string_view bytes);

}  // namespace stagegate::time
