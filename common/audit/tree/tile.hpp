// Tiles: 256 hashes of one level of the tree in a file, so that a proof needs a few of them and not
// the whole log. They are made of the records and can be made again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/view.hpp"
#include "common/audit/tree/merkle.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

inline constexpr unsigned kTileLevels = 8;  // of the tree, in one level of tiles

// Only full tiles are kept: kTileWidth hashes, from the left.
using Tile = std::vector<Hash>;

// Empty when there is none. Fails with conflict when it is no tile, with unknown when it cannot be
// read.
Result<std::optional<Tile>> read_tile(const Layout& layout, unsigned level, std::uint64_t index);
Result<> write_tile(const Layout& layout, unsigned level, std::uint64_t index, const Tile& tile);

// For whoever has appended: writes the tiles, of every level, that the log's newest records have
// filled. Those of records whose slots are gone are left to repair, because only a signed slot
// before a tile and one at its end show that its records are the ones that were committed: when
// they are not, it is a conflict and nothing is written.
Result<> write_tiles(const View& view, const VerifyKey& key);

// The nodes of the log's tree, for proofs. Reads tiles, and records where there is no tile (yet).
// Refers to `view`.
NodeSource nodes_of(const View& view);

}  // namespace stagegate::audit
