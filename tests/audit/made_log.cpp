#include "tests/audit/made_log.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "common/audit/log/slot.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::tests {
namespace {

using namespace audit;
using text::cat;

void put(const fs::Path& path, std::string_view bytes) {
  if (!(std::ofstream(path, std::ios::binary) << bytes)) throw std::runtime_error(path.string());
}

std::string padded(std::uint64_t number, std::size_t width, char zero = '0') {
  const std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), zero) + digits;
}

// The full tiles of all levels, from the leaves up.
class TileWriter {
 public:
  explicit TileWriter(const Layout& layout) : layout_(layout) {}
  void push(const Hash& leaf, unsigned level = 0) {
    if (level == levels_.size()) levels_.emplace_back();
    Level& here = levels_[level];
    here.tile.push_back(leaf);
    if (here.tile.size() < kTileWidth) return;
    write(layout_.tile(level, here.index++), here.tile);
    Frontier frontier;
    for (const Hash& hash : here.tile) frontier.push(hash);
    levels_[level].tile.clear();
    push(frontier.root(), level + 1);
  }

 private:
  // Not write_tile(), which waits for the disk.
  static void write(const fs::Path& path, const Tile& tile) {
    std::filesystem::create_directories(path.parent_path());
    std::string bytes;
    for (const Hash& hash : tile) bytes += crypto::bytes_of(hash);
    put(path, bytes);
  }
  struct Level {
    Tile tile;
    std::uint64_t index = 0;
  };
  const Layout& layout_;
  std::vector<Level> levels_;
};

}  // namespace

MakeLine promotions(std::size_t notes) {
  return [padding = std::string(notes, 'n')](std::uint64_t seq, const Hash& prev) {
    static const Stamp kFirst = parse_stamp("2026-01-01T00:00:00.000Z").value();
    constexpr const char* kStages[] = {"dev", "staging", "beta", "paper", "live"};
    const std::string tag = crypto::hex(crypto::sha256(std::to_string(seq))).substr(0, 40);
    return cat(
        R"({"v":1,"seq":)", seq, R"(,"prev":")", crypto::hex(prev), R"(","ts":")",
        show(kFirst + std::chrono::seconds(seq)), R"(","idem":"made-)", seq,
        R"(","type":"promotion","event":"succeeded","writer":{"tool":"made","version":"1"},)",
        R"("operator":{"name":"celes","kind":"human","via":"woodpecker","verified":true},)",
        R"("project":"stonks-oracle","source_stage":")", kStages[seq % 4], R"(","target_stage":")",
        kStages[seq % 4 + 1], R"(","image_tag":")", tag,
        R"(","outcome":"success","source":{"system":"woodpecker","pipeline":)", seq,
        R"(},"notes":")", padding, R"(","id":")", padded(seq, 26), R"(","salt":")",
        padded(seq, 22, 's'), R"("})");
  };
}

void make_log(const Layout& layout, const SigningKey& key, std::uint64_t records,
              const MakeLine& make_line) {
  for (const fs::Path& directory : {layout.records(), layout.tail(), layout.directory / "tile"}) {
    std::filesystem::create_directories(directory);
  }
  const std::string origin = key.verify_key().name();
  put(layout.about(), show(About{origin, key.verify_key().text()}));
  put(layout.lock(), "");
  TileWriter tiles(layout);
  std::ofstream segment;
  Slot slot;
  Hash prev = first_prev(origin);
  for (std::uint64_t seq = 0; seq < records; ++seq) {
    if (seq % kSegmentLines == 0) {
      segment = std::ofstream(layout.segment(seq >> kSegmentBits), std::ios::binary);
      slot.end = 0;
    }
    slot.line = make_line(seq, prev);
    slot.seq = seq;
    slot.start = slot.end;
    slot.end += slot.line.size() + 1;
    prev = slot.leaf = leaf_hash(slot.line);
    slot.frontier.push(slot.leaf);
    segment << slot.line << '\n';
    tiles.push(slot.leaf);
    if (seq + kSlotsKept >= records) put(layout.slot(seq), sign_slot(slot, key));
  }
  put(layout.checkpoint(), sign_checkpoint({origin, records, slot.frontier.root()}, key));
}

}  // namespace stagegate::tests
