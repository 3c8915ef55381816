// What is left of a redacted record: its place in the tree, and the record that says why. It has
// the length of the line that it replaces, so that nothing after it moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/audit/tree/merkle.hpp"

namespace stagegate::audit {

struct Stub {
  std::uint64_t seq = 0;
  Hash leaf{};           // of the record that stood there
  std::uint64_t by = 0;  // seq of the log.redacted record
  bool operator==(const Stub&) const = default;
};

// No record is so short that its stub would not fit.
std::string show(const Stub& stub, std::size_t length);
// Reads exactly what show() writes; empty for all else.
std::optional<Stub> parse_stub(std::string_view line);
// The leaf hash of the record that stands in this line, or stood there until it was redacted.
Hash stored_leaf(std::string_view line);

}  // namespace stagegate::audit
