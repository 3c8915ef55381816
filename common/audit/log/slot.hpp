// A slot: one record, written whole beside the log and then given its place in it by link(2). It
// says where its bytes go and what the tree is with it, so that no other state is needed to add the
// next one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/audit/tree/merkle.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Slot {
  std::string line;  // without its newline
  std::uint64_t seq = 0;
  std::uint64_t start = 0;  // the line's bytes in its segment, with the newline: [start, end)
  std::uint64_t end = 0;
  Frontier frontier;  // of the tree with this record, size seq + 1
  Hash leaf{};
};

// The line, then a note that can never be taken for a checkpoint of the same log: its first line
// begins with "stagegate-slot/1 ".
std::string sign_slot(const Slot& slot, const SigningKey& key);
// Checks the signature, and that the note is about this line. Failures are conflicts.
Result<Slot> open_slot(std::string_view bytes, const VerifyKey& key);

}  // namespace stagegate::audit
