// What the tiles say about one segment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/tree/tile.hpp"
#include "common/audit/verify/claims.hpp"
#include "common/audit/verify/findings.hpp"

namespace stagegate::audit {

struct SegmentTask;

class SegmentTiles {
 public:
  SegmentTiles(const Layout& layout, const Claims& claims, const SegmentTask& task,
               Findings& findings);
  // The leaf hash that a tile was made of; empty where there is no tile.
  std::optional<Hash> leaf(std::uint64_t seq);
  std::string name_for(std::uint64_t seq) const;
  // The tile above, once the roots of all tiles below it are known.
  Result<> compare_upper(const std::vector<Hash>& roots);
  // Why a tile could not be read.
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  const std::optional<Tile>& tile(std::uint64_t index);
  Result<std::optional<Tile>> read(unsigned level, std::uint64_t index);

  const Layout& layout_;
  const Claims& claims_;
  const SegmentTask& task_;
  Findings& findings_;
  std::uint64_t current_ = ~std::uint64_t{0};
  std::optional<Tile> tile_;
  std::vector<bool> told_;  // of the tiles that are not as they should be
  std::optional<Failure> failure_;
};

// Reads a tile that should be there; reports one that is not, or is none.
Result<std::optional<Tile>> expect_tile(const Layout& layout, const Claims& claims, unsigned level,
                                        std::uint64_t index, Findings& findings);

}  // namespace stagegate::audit
