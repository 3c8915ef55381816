#include "common/audit/tree/tile.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::TamperedLog;

namespace {

View view_of(const TamperedLog& log) {
  auto view = View::open(log.layout(), log.key().verify_key());
  if (!view) FAIL(view.error().message);
  return std::move(*view);
}

}  // namespace

TEST_CASE("appending makes the tiles that are due, as they were") {
  const TamperedLog log(768);
  const std::string first = TamperedLog::bytes(log.layout().tile(0, 1));
  const std::string second = TamperedLog::bytes(log.layout().tile(0, 2));
  std::filesystem::remove(log.layout().tile(0, 1));
  std::filesystem::remove(log.layout().tile(0, 2));
  REQUIRE(write_tiles(view_of(log), log.key().verify_key()));
  CHECK(TamperedLog::bytes(log.layout().tile(0, 1)) == first);
  CHECK(TamperedLog::bytes(log.layout().tile(0, 2)) == second);
}

TEST_CASE("no tile is made of records that are not the committed ones") {
  const TamperedLog log(768);
  auto lines = log.lines();
  tests::replace(lines[600], "celes", "kefka");
  log.put_lines(lines);
  std::filesystem::remove(log.layout().tile(0, 2));
  const auto written = write_tiles(view_of(log), log.key().verify_key());
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == Failure::Kind::conflict);
  CHECK_FALSE(std::filesystem::exists(log.layout().tile(0, 2)));
}

TEST_CASE("a tile whose slots are gone is left to repair") {
  const TamperedLog log(2'000);
  std::filesystem::remove(log.layout().tile(0, 0));
  REQUIRE(write_tiles(view_of(log), log.key().verify_key()));
  CHECK_FALSE(std::filesystem::exists(log.layout().tile(0, 0)));
}

TEST_CASE("an upper tile is made when it is full") {
  const TamperedLog log(kSegmentLines, 0);
  const std::string upper = TamperedLog::bytes(log.layout().tile(1, 0));
  std::filesystem::remove(log.layout().tile(1, 0));
  REQUIRE(write_tiles(view_of(log), log.key().verify_key()));
  CHECK(TamperedLog::bytes(log.layout().tile(1, 0)) == upper);
}

TEST_CASE("proofs of a log come from its tiles and, where there are none, from its records") {
  const TamperedLog log;
  const View view = view_of(log);
  const auto check_all = [&] {
    const NodeSource nodes = nodes_of(view);
    for (const std::uint64_t seq : {0u, 17u, 255u, 256u, 700u, 767u, 768u, 998u, 999u}) {
      const auto proof = inclusion_proof(nodes, seq, view.size());
      REQUIRE(proof);
      CHECK(proves_inclusion(*proof, leaf_hash(view.line(seq).value()), seq, view.size(),
                             view.head().root));
    }
    for (const std::uint64_t old_size : {1u, 256u, 300u, 999u, 1'000u}) {
      const auto old = open_checkpoint(log.checkpoint_of(old_size), log.key().verify_key()).value();
      const auto proof = consistency_proof(nodes, old_size, view.size());
      REQUIRE(proof);
      CHECK(proves_consistency(*proof, old_size, old.root, view.size(), view.head().root));
    }
  };
  check_all();
  std::filesystem::remove_all(log.layout().directory / "tile");
  check_all();
}

TEST_CASE("a node that the tree does not have is said not to be there") {
  const TamperedLog log(300);
  const View view = view_of(log);
  const NodeSource nodes = nodes_of(view);
  CHECK(nodes(8, 0));
  CHECK_FALSE(nodes(8, 1));
  CHECK_FALSE(nodes(0, 300));
  CHECK_FALSE(nodes(64, 0));
}
