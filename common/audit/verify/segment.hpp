// Reads one segment from its first line to its last and compares each with everything that speaks
// of it: the line before, the tile, the slot. Segments are independent of each other until their
// roots are joined, so that each can have a thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/merkle.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/audit/verify/claims.hpp"
#include "common/audit/verify/findings.hpp"
#include "common/fs/line_reader.hpp"

namespace stagegate::audit {

// What there is to read.
struct SegmentTask {
  std::uint64_t index = 0;
  std::uint64_t first = 0;   // record
  std::uint64_t last = 0;    // the one behind the last that was committed
  std::uint64_t length = 0;  // of the file before the claims were read: bytes that came later are
                             // not looked at, because nobody has said yet whose they are
};

// The peaks of the segment's own tree when it had so many records that the whole log had `size`.
struct PeaksAt {
  std::uint64_t size;
  std::vector<Hash> peaks;
};

struct SegmentFacts {
  std::vector<PeaksAt> at_claims;
  std::vector<Hash> peaks;               // at the end
  std::optional<std::uint64_t> first;    // the number of the first line's record, and
  Hash first_prev{};                     // what it says about the line before it
  std::optional<Hash> last_leaf;         // of the last line
  std::vector<Stub> stubs;               // what has been redacted
  std::vector<std::uint64_t> odd_slots;  // slots that speak of another record
  std::uint64_t bytes = 0;
};

// Also made of tiles alone, by --quick.
class SegmentTree {
 public:
  SegmentTree(const SegmentTask& task, const Claims& claims);
  void push(const Hash& leaf);
  std::uint64_t size() const { return size_; }  // of the log
  std::vector<Hash> peaks() const;
  // The roots of its full tiles.
  const std::vector<Hash>& tiles() const { return tiles_; }
  std::vector<PeaksAt> at_claims() && { return std::move(at_claims_); }

 private:
  std::uint64_t size_;
  Frontier in_tile_;
  Frontier of_tiles_;
  std::vector<Hash> tiles_;
  std::vector<std::uint64_t> wanted_;  // sizes, the next one at the back
  std::vector<PeaksAt> at_claims_;
};

// Fails with unknown when something cannot be read.
Result<SegmentFacts> walk_segment(const Layout& layout, const VerifyKey& key, const Claims& claims,
                                  const SegmentTask& task, Findings& findings);
// The same from the tiles; empty when one of them is missing.
Result<std::optional<SegmentFacts>> sum_up_segment(const Layout& layout, const Claims& claims,
                                                   const SegmentTask& task, Findings& findings);

}  // namespace stagegate::audit
