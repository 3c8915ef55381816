#include "common/audit/verify/tiles.hpp"

#include <utility>

#include "common/audit/verify/segment.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

std::string name_of_tile(const Layout& layout, unsigned level, std::uint64_t index) {
  return layout.tile(level, index).lexically_relative(layout.directory).native();
}

}  // namespace

Result<std::optional<Tile>> expect_tile(const Layout& layout, const Claims& claims, unsigned level,
                                        std::uint64_t index, Findings& findings) {
  const std::uint64_t width = std::uint64_t{1} << (kTileLevels * (level + 1));
  const std::uint64_t first = index * width;
  const std::string where = name_of_tile(layout, level, index);
  auto tile = read_tile(layout, level, index);
  if (!tile && tile.error().kind == Failure::Kind::conflict) {
    findings.add(Finding::modified, first, where, tile.error().message);
    return std::nullopt;
  }
  if (tile && !*tile) {
    // The slot at its end is still there: whoever appends next writes it.
    const bool due = claims.slot(first + width - 1) != nullptr;
    findings.add(due ? Finding::behind : Finding::missing_file, first, where,
                 due ? "the tile is not there yet; the next appends or repair make it"
                     : "the tile is not there; nothing is lost, repair makes it again");
  }
  return tile;
}

SegmentTiles::SegmentTiles(const Layout& layout, const Claims& claims, const SegmentTask& task,
                           Findings& findings)
    : layout_(layout),
      claims_(claims),
      task_(task),
      findings_(findings),
      told_(kSegmentLines / kTileWidth, false) {}

std::optional<Hash> SegmentTiles::leaf(std::uint64_t seq) {
  const auto& hashes = tile(seq / kTileWidth);
  if (!hashes) return std::nullopt;
  return (*hashes)[seq % kTileWidth];
}

const std::optional<Tile>& SegmentTiles::tile(std::uint64_t index) {
  if (index == current_) return tile_;
  current_ = index;
  tile_.reset();
  if ((index + 1) * kTileWidth > task_.last) return tile_;
  const std::size_t here = index - task_.first / kTileWidth;
  Findings ignored(0);
  auto read = expect_tile(layout_, claims_, 0, index, told_[here] ? ignored : findings_);
  if (!read) {
    failure_ = std::move(read).error();
    return tile_;
  }
  told_[here] = told_[here] || !*read;
  tile_ = std::move(*read);
  return tile_;
}

std::string SegmentTiles::name_for(std::uint64_t seq) const {
  return name_of_tile(layout_, 0, seq / kTileWidth);
}

Result<> SegmentTiles::compare_upper(const std::vector<Hash>& roots) {
  if (roots.size() < kTileWidth) return {};
  const auto upper = expect_tile(layout_, claims_, 1, task_.index, findings_);
  if (!upper) return forward(upper.error());
  for (std::size_t i = 0; *upper && i < kTileWidth; ++i) {
    if ((**upper)[i] == roots[i]) continue;
    findings_.add(Finding::modified, task_.first + i * kTileWidth,
                  name_of_tile(layout_, 1, task_.index),
                  cat("entry ", i, " is ", crypto::hex((**upper)[i]),
                      ", the records below it make ", crypto::hex(roots[i])));
  }
  return {};
}

}  // namespace stagegate::audit
