#include "plugins/audit-writer/export/tiles.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "common/audit/log/layout.hpp"
#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using audit::Hash;
using text::cat;

Result<> prepare(const fs::Path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return unknown(cat("cannot make the folder ", folder.native(), ": ", error.message()));
  const bool empty = std::filesystem::is_empty(folder, error);
  if (error) return unknown(cat("cannot read the folder ", folder.native(), ": ", error.message()));
  if (!empty) {
    return fail(Failure::Kind::refused,
                cat(folder.native(), " is not empty: name a folder that is, or none yet"));
  }
  return {};
}

// Its directory is made when it is not there. Not synced: the checkpoint, written last, is.
Result<> write_new(const fs::Path& path, std::string_view bytes) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return unknown(cat("cannot write ", path.native(), ": ", std::strerror(errno)));
  return {};
}

Hash root_of(const std::vector<Hash>& hashes) {
  audit::Frontier tree;
  for (const Hash& hash : hashes) tree.push(hash);
  return tree.root();
}

// The rightmost tile of every level while the tree grows.
class TreeWriter {
 public:
  explicit TreeWriter(fs::Path folder) : folder_(std::move(folder)) {}

  Result<> add(std::string_view line) {
    const Hash leaf = audit::stored_leaf(line);
    tree_.push(leaf);
    entries_ += static_cast<char>(line.size() >> 8);
    entries_ += static_cast<char>(line.size() & 0xff);
    entries_ += line;
    if (tree_.size() % audit::kTileWidth == 0) {
      if (auto written = write_entries(audit::kTileWidth); !written) return written;
    }
    return add(0, leaf);
  }

  // The tiles that are not full.
  Result<> finish() {
    if (const auto width = tree_.size() % audit::kTileWidth; width > 0) {
      if (auto written = write_entries(width); !written) return written;
    }
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (levels_[level].hashes.empty()) continue;
      if (auto written = write_tile(level); !written) return written;
    }
    return {};
  }

  const audit::Frontier& tree() const { return tree_; }
  std::uint64_t files() const { return files_; }

 private:
  struct Level {
    std::uint64_t index = 0;  // of the tile that is being filled
    std::vector<Hash> hashes;
  };

  Result<> add(std::size_t level, const Hash& hash) {
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].hashes.push_back(hash);
    if (levels_[level].hashes.size() < audit::kTileWidth) return {};
    if (auto written = write_tile(level); !written) return written;
    const Hash above = root_of(levels_[level].hashes);
    levels_[level].hashes.clear();
    ++levels_[level].index;
    return add(level + 1, above);
  }

  Result<> write_tile(std::size_t level) {
    std::string bytes;
    for (const Hash& hash : levels_[level].hashes) bytes += crypto::bytes_of(hash);
    return write(
        cat("tile/", level, "/", tile_name(levels_[level].index, levels_[level].hashes.size())),
        bytes);
  }

  Result<> write_entries(std::uint64_t width) {
    const auto index = (tree_.size() - 1) / audit::kTileWidth;
    auto written = write(cat("tile/entries/", tile_name(index, width)), entries_);
    entries_.clear();
    return written;
  }

  Result<> write(const std::string& name, std::string_view bytes) {
    ++files_;
    return write_new(folder_ / name, bytes);
  }

  fs::Path folder_;
  audit::Frontier tree_;
  std::string entries_;  // of the bundle that is being filled
  std::vector<Level> levels_;
  std::uint64_t files_ = 0;
};

}  // namespace

std::string tile_name(std::uint64_t index, std::uint64_t width) {
  const auto three = [](std::uint64_t part) {
    const std::string digits = std::to_string(1000 + part % 1000);
    return digits.substr(1);
  };
  std::string name = three(index);
  for (index /= 1000; index > 0; index /= 1000) name = cat("x", three(index), "/", name);
  return width == audit::kTileWidth ? name : cat(name, ".p/", width);
}

Result<TreeExported> export_tiles(const RecordSource& source, const TreeHead& head,
                                  const fs::Path& folder) {
  if (auto prepared = prepare(folder); !prepared) return forward(prepared.error());
  const auto size = head.checkpoint.size;
  TreeWriter writer(folder);
  TreeExported exported;
  std::optional<Failure> failure;
  const auto read = source.each(0, [&](const audit::Line& line) {
    if (line.seq >= size) return audit::Next::stop;
    if (audit::parse_stub(line.text)) exported.redacted.push_back(line.seq);
    if (auto added = writer.add(line.text); !added) failure = added.error();
    return failure ? audit::Next::stop : audit::Next::go_on;
  });
  if (failure) return forward(*std::move(failure));
  if (!read) return forward(read.error());
  if (writer.tree().size() != size || writer.tree().root() != head.checkpoint.root) {
    return fail(Failure::Kind::conflict,
                cat("the records are not the ones that the checkpoint of size ", size,
                    " speaks of: run `audit-writer verify`"));
  }
  if (auto finished = writer.finish(); !finished) return forward(finished.error());
  if (auto signed_last = fs::replace_file(folder / "checkpoint", head.note); !signed_last) {
    return forward(signed_last.error());
  }
  exported.records = size;
  exported.files = writer.files() + 1;
  return exported;
}

}  // namespace stagegate::audit_writer
