// What the log's key has signed about the log: its checkpoint, its slots, and the checkpoints that
// somebody kept elsewhere. Everything else in the directory has to agree with these.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log/slot.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/audit/verify/findings.hpp"
#include "common/audit/verify/verify.hpp"

namespace stagegate::audit {

// A slot without its line: there may be hundreds of them.
struct SlotClaim {
  Hash leaf{};
  Hash root{};
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

// "The tree of `size` records has this root."
struct RootClaim {
  enum class Source : std::uint8_t { checkpoint, slot, known };
  Source source;
  std::uint64_t size;
  Hash root;
  std::string where;
};

struct Claims {
  std::optional<Checkpoint> checkpoint;
  std::map<std::uint64_t, SlotClaim> slots;  // by seq
  std::vector<RootClaim> roots;              // of all three, by size

  // How many records have been committed; 0 when nothing says.
  std::uint64_t size() const;
  const SlotClaim* slot(std::uint64_t seq) const;
  // The root of the newest tree that is signed in the log itself.
  std::optional<Hash> head_root() const;
};

// Reports what is not signed as it should be. Fails with unknown when something cannot be read.
Result<Claims> read_claims(const Layout& layout, const VerifyOptions& options, Findings& findings);

// The slot of a record, whole; empty when there is none that is valid.
std::optional<Slot> read_slot_again(const Layout& layout, const VerifyKey& key, std::uint64_t seq);

}  // namespace stagegate::audit
