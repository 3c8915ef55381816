#include "common/audit/care/tile_repair.hpp"

#include <deque>
#include <utility>

#include "common/audit/record/stub.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

// Collects hashes, level above level, and writes what is full.
class Tiles {
 public:
  explicit Tiles(const Layout& layout) : layout_(layout) {}

  Result<> push(const Hash& hash, unsigned level = 0) {
    if (level == levels_.size()) levels_.emplace_back();
    Level& here = levels_[level];
    here.tile.push_back(hash);
    if (here.tile.size() < kTileWidth) return {};
    const Tile tile = std::exchange(here.tile, {});
    if (auto written = compare(level, here.index++, tile); !written) return written;
    Frontier frontier;
    for (const Hash& entry : tile) frontier.push(entry);
    return push(frontier.root(), level + 1);
  }
  std::vector<std::string> written() && { return std::move(written_); }

 private:
  Result<> compare(unsigned level, std::uint64_t index, const Tile& tile) {
    const auto there = read_tile(layout_, level, index);
    if (there && *there && **there == tile) return {};
    if (!there && there.error().kind != Failure::Kind::conflict) return forward(there.error());
    if (auto done = write_tile(layout_, level, index, tile); !done) return done;
    written_.push_back(layout_.tile(level, index).lexically_relative(layout_.directory).native());
    return {};
  }

  struct Level {
    Tile tile;
    std::uint64_t index = 0;
  };
  const Layout& layout_;
  std::deque<Level> levels_;  // stays where it is while a level is added
  std::vector<std::string> written_;
};

Result<Hash> root_of_lines(const View& view) {
  Frontier frontier;
  const auto read = view.each(0, [&](const Line& line) {
    frontier.push(stored_leaf(line.text));
    return Next::go_on;
  });
  if (!read) return forward(read.error());
  return frontier.root();
}

}  // namespace

Result<std::vector<std::string>> make_tiles_again(const View& view) {
  const auto root = root_of_lines(view);
  if (!root) return forward(root.error());
  if (*root != view.head().root) {
    return fail(Failure::Kind::conflict,
                "tiles are left as they are: the records are not those that were signed; run "
                "audit-writer verify");
  }
  Tiles tiles(view.layout());
  Result<> made;
  const auto read = view.each(0, [&](const Line& line) {
    made = tiles.push(stored_leaf(line.text));
    return made ? Next::go_on : Next::stop;
  });
  if (!made) return forward(made.error());
  if (!read) return forward(read.error());
  return std::move(tiles).written();
}

}  // namespace stagegate::audit
