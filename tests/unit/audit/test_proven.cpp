// What a decision rests on is read only as it was signed.
#include <chrono>
#include <filesystem>

#include "common/audit/care/redact.hpp"
#include "common/audit/log/proven.hpp"
#include "common/audit/record/stub.hpp"
#include "tests/unit/audit/logs.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using stagegate::tests::TestLog;

namespace {

// The records that were visited, or the failure.
Result<std::vector<std::uint64_t>> proven(const TestLog& log, std::uint64_t from) {
  std::vector<std::uint64_t> visited;
  const auto read = each_proven(log.view(), from, [&](const Line& line) {
    visited.push_back(line.seq);
    return Next::go_on;
  });
  if (!read) return forward(read.error());
  return visited;
}

// The first byte of a note somewhere in a segment.
void change_a_byte(const fs::Path& segment, std::uint64_t seq_in_segment) {
  auto bytes = fs::read_file(segment).value();
  std::size_t begin = 0;
  for (std::uint64_t i = 0; i < seq_in_segment; ++i) begin = bytes.find('\n', begin) + 1;
  bytes.at(bytes.find("stonks", begin)) = 'S';
  REQUIRE(fs::replace_file(segment, bytes));
}

}  // namespace

TEST_CASE("the records of a long log are shown to be signed, from wherever it is read") {
  const std::uint64_t size = kSegmentLines + 700;
  const TestLog log(size);
  for (const std::uint64_t from : {size - 1, size - 2, size - 600, kSegmentLines + 1, kSegmentLines,
                                   kSegmentLines - 1, kSegmentLines - 257}) {
    const auto visited = proven(log, from);
    REQUIRE(visited);
    REQUIRE(visited->size() == size - from);
    CHECK(visited->front() == from);
  }
  SECTION("with tiles that were lost") {
    std::filesystem::remove_all(log.layout().directory / "tile");
    CHECK(proven(log, kSegmentLines - 257));
  }
  SECTION("not when one of them was changed") {
    change_a_byte(log.layout().segment(1), 10);
    CHECK(proven(log, kSegmentLines + 11));
    const auto changed = proven(log, kSegmentLines + 10);
    REQUIRE_FALSE(changed);
    CHECK(changed.error().kind == Failure::Kind::conflict);
  }
}

TEST_CASE("a record that has been redacted is passed over, and one that only looks so is not") {
  const TestLog log;
  log.fill(3);
  SECTION("redacted") {
    auto writer = log.open();
    Redaction redaction;
    redaction.seq = 2;
    redaction.reason = "a name in the notes";
    redaction.who = {.name = "ann", .kind = "human"};
    REQUIRE(redact(writer, redaction));
    const auto visited = proven(log, 1);
    REQUIRE(visited);
    CHECK(*visited == std::vector<std::uint64_t>{1, 3, 4});
  }
  SECTION("taken out") {
    const auto lines = log.lines();
    auto bytes = log.file(log.layout().segment(0));
    bytes.replace(bytes.find(lines[2]), lines[2].size(),
                  show(Stub{2, leaf_hash(lines[2]), 3}, lines[2].size()));
    REQUIRE(fs::replace_file(log.layout().segment(0), bytes));
    const auto visited = proven(log, 1);
    REQUIRE_FALSE(visited);
    CHECK_THAT(visited.error().message, ContainsSubstring("record 2 has been taken out"));
  }
}
