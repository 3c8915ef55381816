#include "common/audit/tree/tile.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "common/audit/log/slot.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::size_t kTileBytes = kTileWidth * sizeof(Hash);
constexpr std::size_t kLongestSlot = kLongestLine + 8192;

bool is_there(const fs::Path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// The root of a perfect subtree from the hashes of one level of it.
Hash perfect_root(std::span<const Hash> hashes) {
  std::vector<Hash> level(hashes.begin(), hashes.end());
  for (std::size_t width = level.size(); width > 1; width /= 2) {
    for (std::size_t i = 0; i < width / 2; ++i)
      level[i] = node_hash(level[2 * i], level[2 * i + 1]);
  }
  return level.front();
}

Result<std::vector<Hash>> leaves_from(const View& view, std::uint64_t seq) {
  std::vector<Hash> leaves;
  const auto read = view.each(seq, [&](const Line& line) {
    leaves.push_back(stored_leaf(line.text));
    return leaves.size() < kTileWidth ? Next::go_on : Next::stop;
  });
  if (!read) return forward(read.error());
  return leaves;
}

// Reads nodes from tiles where there are, and remembers the last tile of each level: neighbours are
// asked for one after the other.
class Nodes {
 public:
  explicit Nodes(const View& view) : view_(view) {}

  Result<Hash> node(unsigned level, std::uint64_t index) {
    if (level >= 64 || index >= (view_.size() >> level)) {
      return unknown(cat("the tree of ", view_.size(), " records has no node ", index,
                         " on its level ", level));
    }
    const unsigned above = level % kTileLevels;
    const auto tile = hashes(level / kTileLevels, index >> (kTileLevels - above));
    if (!tile) return forward(tile.error());
    const std::size_t width = std::size_t{1} << above;
    const std::size_t offset = (index << above) % kTileWidth;
    if (*tile != nullptr && offset + width <= (*tile)->size()) {
      return perfect_root(std::span(**tile).subspan(offset, width));
    }
    if (level == 0) return unknown(cat("record ", index, " cannot be read"));
    auto left = node(level - 1, 2 * index);
    if (!left) return left;
    auto right = node(level - 1, 2 * index + 1);
    if (!right) return right;
    return node_hash(*left, *right);
  }

 private:
  struct Last {
    std::uint64_t index = ~std::uint64_t{0};
    std::optional<Tile> tile;
  };

  // Null when there is no such tile; of the lowest level there always is one, perhaps not full.
  Result<const Tile*> hashes(unsigned level, std::uint64_t index) {
    Last& last = last_.at(level);
    if (last.index != index) {
      auto tile = read_tile(view_.layout(), level, index);
      if (!tile) return forward(std::move(tile).error());
      if (!*tile && level == 0) {
        auto leaves = leaves_from(view_, index * kTileWidth);
        if (!leaves) return forward(std::move(leaves).error());
        tile = std::move(*leaves);
      }
      last = {index, std::move(*tile)};
    }
    return last.tile ? &*last.tile : nullptr;
  }

  const View& view_;
  std::array<Last, 64 / kTileLevels> last_;
};

// The tile that the newest slots speak for.
struct Due {
  unsigned level;
  std::uint64_t index;
  std::uint64_t size() const { return (index + 1) << (kTileLevels * (level + 1)); }
};

// Below the last one that is there nothing is missing: they are written in order.
std::vector<Due> due_tiles(const View& view) {
  std::vector<Due> due;
  for (unsigned level = 0; level < 64 / kTileLevels - 1; ++level) {
    const std::uint64_t full = view.size() >> (kTileLevels * (level + 1));
    std::vector<Due> missing;
    for (std::uint64_t index = full; index > 0; --index) {
      const Due tile{level, index - 1};
      if (is_there(view.layout().tile(level, tile.index))) break;
      if (!is_there(view.layout().slot(tile.size() - 1))) break;
      missing.push_back(tile);
    }
    due.insert(due.end(), missing.rbegin(), missing.rend());
  }
  return due;
}

Result<Tile> make_tile(const View& view, const NodeSource& node, const Due& due) {
  if (due.level == 0) return leaves_from(view, due.index * kTileWidth);
  Tile tile;
  for (std::uint64_t i = 0; i < kTileWidth; ++i) {
    const auto hash = node(due.level * kTileLevels, due.index * kTileWidth + i);
    if (!hash) return forward(hash.error());
    tile.push_back(*hash);
  }
  return tile;
}

// The smallest peak of the tree that ends with this tile: its root, joined with what is left of it.
Result<Hash> peak_with(const NodeSource& node, const Due& due, const Tile& tile) {
  Hash peak = perfect_root(tile);
  unsigned level = kTileLevels * (due.level + 1);
  for (std::uint64_t index = due.index; (index & 1) != 0; index >>= 1, ++level) {
    auto left = node(level, index - 1);
    if (!left) return left;
    peak = node_hash(*left, peak);
  }
  return peak;
}

Result<> write_due(const View& view, const VerifyKey& key, const Due& due) {
  const NodeSource node = nodes_of(view);
  const auto tile = make_tile(view, node, due);
  if (!tile) return forward(tile.error());
  const fs::Path path = view.layout().slot(due.size() - 1);
  const auto bytes = fs::read_file(path, kLongestSlot);
  if (!bytes) return forward(bytes.error());
  const auto slot = open_slot(*bytes, key);
  if (!slot) return fail(slot.error().kind, cat(path.native(), ": ", slot.error().message));
  if (tile->size() != kTileWidth) return unknown("fewer records can be read than were committed");
  const auto peak = peak_with(node, due, *tile);
  if (!peak) return forward(peak.error());
  if (slot->seq != due.size() - 1 || slot->frontier.peaks().back() != *peak) {
    return fail(Failure::Kind::conflict, cat("the records before ", due.size(),
                                             " are not those that were committed: run "
                                             "audit-writer verify"));
  }
  return write_tile(view.layout(), due.level, due.index, *tile);
}

}  // namespace

Result<std::optional<Tile>> read_tile(const Layout& layout, unsigned level, std::uint64_t index) {
  const fs::Path path = layout.tile(level, index);
  const auto bytes = fs::read_file(path, 2 * kTileBytes);
  if (!bytes) {
    if (!is_there(path)) return std::nullopt;
    return forward(bytes.error());
  }
  if (bytes->size() != kTileBytes) {
    return fail(Failure::Kind::conflict,
                cat(path.native(), " has ", bytes->size(), " bytes, not ", kTileBytes));
  }
  Tile tile(kTileWidth);
  std::memcpy(tile.data(), bytes->data(), kTileBytes);
  return tile;
}

Result<> write_tile(const Layout& layout, unsigned level, std::uint64_t index, const Tile& tile) {
  const fs::Path path = layout.tile(level, index);
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return unknown(cat("cannot make ", path.parent_path().native(), ": ", error.message()));
  std::string bytes;
  for (const Hash& hash : tile) bytes += crypto::bytes_of(hash);
  return fs::replace_file(path, bytes);
}

Result<> write_tiles(const View& view, const VerifyKey& key) {
  for (const Due& due : due_tiles(view)) {
    auto written = write_due(view, key, due);
    if (!written) return written;
  }
  return {};
}

NodeSource nodes_of(const View& view) {
  return [nodes = std::make_shared<Nodes>(view)](unsigned level, std::uint64_t index) {
    return nodes->node(level, index);
  };
}

}  // namespace stagegate::audit
