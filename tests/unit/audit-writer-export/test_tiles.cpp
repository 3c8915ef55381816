// The log as a static C2SP tree.
#include <filesystem>
#include <map>

#include "common/audit/record/stub.hpp"
#include "common/audit/tree/merkle.hpp"
#include "common/crypto/encoding.hpp"
#include "plugins/audit-writer/export/tiles.hpp"
#include "tests/directory.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

struct Small {
  RecordLines log;
  audit::Frontier tree;
  void add(std::string line) {
    tree.push(audit::stored_leaf(line));
    log.add_line(std::move(line));
  }
  TreeHead head() const {
    return {.checkpoint = {.origin = "o", .size = tree.size(), .root = tree.root()},
            .note = "signed\n"};
  }
};

std::map<std::string, std::string> files_in(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[std::filesystem::relative(entry.path(), folder)] = *fs::read_file(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("tiles are named in groups of three digits, the last without an x") {
  CHECK(tile_name(0) == "000");
  CHECK(tile_name(999) == "999");
  CHECK(tile_name(1234067) == "x001/x234/067");
  CHECK(tile_name(67, 12) == "067.p/12");
}

TEST_CASE("a tree of 600 records has two full bundles, a part of one, and the level above") {
  tests::Directory folder;
  Small log;
  for (int i = 0; i < 600; ++i) log.add("record " + std::to_string(i));
  const auto done = export_tiles(log.log, log.head(), folder.path() / "out");
  REQUIRE(done);
  const auto files = files_in(folder.path() / "out");
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  CHECK(names == std::vector<std::string>{"checkpoint", "tile/0/000", "tile/0/001",
                                          "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
                                          "tile/entries/001", "tile/entries/002.p/88"});
  CHECK(done->files == names.size());
  CHECK(files.at("checkpoint") == "signed\n");
  // Each entry with its length in front, most significant byte first.
  CHECK(files.at("tile/entries/000").starts_with(std::string("\0\x08record 0\0\x08record 1", 20)));
  CHECK(files.at("tile/0/002.p/88").size() == 88 * 32);
  CHECK(files.at("tile/0/001").substr(0, 32) == crypto::bytes_of(audit::leaf_hash("record 256")));
  // The hash above is the root of the tile below.
  audit::Frontier second;
  for (int i = 256; i < 512; ++i) second.push(audit::leaf_hash("record " + std::to_string(i)));
  CHECK(files.at("tile/1/000.p/2").substr(32) == crypto::bytes_of(second.root()));
}

TEST_CASE("a tree that ends with a full bundle has no part of one") {
  tests::Directory folder;
  Small log;
  for (int i = 0; i < 256; ++i) log.add(std::to_string(i));
  REQUIRE(export_tiles(log.log, log.head(), folder.path() / "out"));
  const auto files = files_in(folder.path() / "out");
  CHECK(files.size() == 4);
  CHECK(files.count("tile/1/000.p/1") == 1);
}

TEST_CASE("records after the checkpoint are left out") {
  tests::Directory folder;
  Small log;
  for (int i = 0; i < 5; ++i) log.add(std::to_string(i));
  const auto head = log.head();
  log.add("late");
  REQUIRE(export_tiles(log.log, head, folder.path() / "out"));
  CHECK(files_in(folder.path() / "out").count("tile/entries/000.p/5") == 1);
}

TEST_CASE("records that the checkpoint does not speak of are not exported as if they were") {
  tests::Directory folder;
  Small log;
  for (int i = 0; i < 5; ++i) log.add(std::to_string(i));
  auto head = log.head();
  head.checkpoint.root[0] ^= 1;
  const auto done = export_tiles(log.log, head, folder.path() / "out");
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == Failure::Kind::conflict);
  CHECK(files_in(folder.path() / "out").count("checkpoint") == 0);
}

TEST_CASE("a folder with something in it is not written over") {
  tests::Directory folder;
  REQUIRE(fs::replace_file(folder.path() / "mine", "x"));
  const auto done = export_tiles(RecordLines(), Small().head(), folder.path());
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == Failure::Kind::refused);
}

TEST_CASE("a redacted record keeps its place in the tree and is named") {
  tests::Directory folder;
  Small log;
  log.add("first");
  log.add(audit::show({.seq = 1, .leaf = audit::leaf_hash("secret"), .by = 2}, 200));
  const auto done = export_tiles(log.log, log.head(), folder.path() / "out");
  REQUIRE(done);
  CHECK(done->redacted == std::vector<std::uint64_t>{1});
  CHECK(files_in(folder.path() / "out").at("tile/0/000.p/2").substr(32) ==
        crypto::bytes_of(audit::leaf_hash("secret")));
}
