#include "common/audit/record/stub.hpp"
#include "common/audit/verify/verify.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;
using tests::TamperedLog;

namespace {

constexpr std::uint64_t kTwoSegments = kSegmentLines + 300;

}  // namespace

TEST_CASE("a faultless log of any size verifies, with one thread and with several") {
  for (const std::uint64_t records : {1u, 2u, 255u, 256u, 257u, 511u, 512u, 513u, 1'000u}) {
    const TamperedLog log(records);
    for (const bool quick : {false, true}) {
      const Report report = log.verify({}, quick, 3);
      CHECK(in_short(report).empty());
      CHECK(report.records == records);
      CHECK(report.head.size == records);
    }
  }
}

TEST_CASE("the report says how much was read, and of which tree") {
  const TamperedLog log;
  const Report report = log.verify();
  CHECK(report.bytes == std::filesystem::file_size(log.layout().segment(0)));
  CHECK(sign_checkpoint(report.head, log.key()) == TamperedLog::bytes(log.layout().checkpoint()));
}

TEST_CASE("segments are joined: what happens at their seam is seen") {
  const TamperedLog log(kTwoSegments, 0);
  CHECK(in_short(log.verify({}, false, 2)).empty());
  CHECK(in_short(log.verify({}, true, 2)).empty());

  SECTION("the last record of a segment changed") {
    auto lines = log.lines(0);
    tests::replace(lines.back(), "celes", "kefka");
    log.put_lines(lines);
    const std::string found = in_short(log.verify({}, false, 2));
    CHECK_THAT(found, ContainsSubstring("CHAIN 65536"));
    CHECK_THAT(found, ContainsSubstring("MODIFIED 65535"));
    CHECK_THAT(found, ContainsSubstring("ROOT_MISMATCH"));
  }
  SECTION("the first record of a segment deleted") {
    auto lines = log.lines(1);
    lines.erase(lines.begin());
    log.put_lines(lines, 1);
    CHECK(in_short(log.verify({}, false, 2)) == "CHAIN 65537; DELETED 65536");
  }
  SECTION("the first segment removed") {
    std::filesystem::remove(log.layout().segment(0));
    CHECK(in_short(log.verify()) == "MISSING_FILE 0");
    CHECK(in_short(log.verify({}, true)) == "MISSING_FILE 0");
  }
  SECTION("the second segment removed, whose records all have slots") {
    std::filesystem::remove(log.layout().segment(1));
    CHECK(in_short(log.verify()) == "BEHIND 65536");
  }
  SECTION("a segment cut at its end") {
    auto lines = log.lines(0);
    lines.pop_back();
    lines.pop_back();
    log.put_lines(lines);
    for (const std::uint64_t seq : {65534u, 65535u})
      std::filesystem::remove(log.layout().slot(seq));
    CHECK(in_short(log.verify()) == "TRUNCATED 65534");
  }
  SECTION("a line more at the end of a full segment") {
    TamperedLog::append(log.layout().segment(0), "x\n");
    CHECK(in_short(log.verify()) == "FOREIGN_TAIL 65536");
  }
  SECTION("an upper tile edited") {
    std::string bytes = TamperedLog::bytes(log.layout().tile(1, 0));
    bytes[32] = static_cast<char>(bytes[32] ^ 1);
    TamperedLog::put(log.layout().tile(1, 0), bytes);
    CHECK(in_short(log.verify()) == "MODIFIED 256");
    CHECK(in_short(log.verify({}, true)) == "MODIFIED 256");
  }
  SECTION("a tile of an old segment edited: quick verification sees that, too") {
    std::string bytes = TamperedLog::bytes(log.layout().tile(0, 7));
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    TamperedLog::put(log.layout().tile(0, 7), bytes);
    const std::string found = in_short(log.verify({}, true));
    CHECK_THAT(found, ContainsSubstring("MODIFIED 1792"));
    CHECK_THAT(found, ContainsSubstring("ROOT_MISMATCH"));
  }
}

TEST_CASE("quick verification reads the last segment and the tiles, not the old records") {
  const TamperedLog log(kTwoSegments, 0);
  auto lines = log.lines(0);
  tests::replace(lines[5], "celes", "kefka");
  log.put_lines(lines);
  CHECK(in_short(log.verify({}, true)).empty());
  CHECK_THAT(in_short(log.verify()), ContainsSubstring("MODIFIED 5"));
}

TEST_CASE("findings beyond the limit are counted, and the first ones kept") {
  const TamperedLog log;
  auto lines = log.lines();
  for (std::size_t i = 100; i < 400; ++i) tests::replace(lines[i], "celes", "kefka");
  log.put_lines(lines);
  VerifyOptions options{.key = log.key().verify_key()};
  options.most_findings = 3;
  const auto report = verify(log.layout(), options);
  REQUIRE(report);
  REQUIRE(report->findings.size() == 3);
  CHECK(report->findings[0].seq == 100u);
  CHECK(report->findings[2].seq == 101u);
  // Modified, and the chain broken after each, and the root.
  CHECK(report->findings_in_all == 300 + 300 + 1);
  CHECK(report->faults == report->findings_in_all);
}

TEST_CASE("a changed record is told with its time, its operator, and what was expected") {
  const TamperedLog log;
  auto lines = log.lines();
  const std::string before = lines[17];
  tests::replace(lines[17], "celes", "kefka");
  log.put_lines(lines);
  const Report report = log.verify();
  REQUIRE_FALSE(report.findings.empty());
  const Found* modified = nullptr;
  for (const Found& found : report.findings) {
    if (found.finding == Finding::modified) modified = &found;
  }
  REQUIRE(modified != nullptr);
  CHECK(modified->where == "records/0000000000.jsonl:18");
  CHECK_THAT(modified->message, ContainsSubstring("tile/0/000 was made of"));
  CHECK_THAT(modified->message, ContainsSubstring("2026-01-01T00:00:17.000Z"));
  CHECK_THAT(modified->message, ContainsSubstring("kefka"));
}

TEST_CASE("a directory without a log is not a log that was tampered with") {
  const tests::Directory directory;
  VerifyOptions options{.key = SigningKey::generate("log.example").verify_key()};
  const auto report = verify({directory.path()}, options);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == Failure::Kind::unknown);
  CHECK_THAT(report.error().message, ContainsSubstring("is the volume mounted?"));
}

TEST_CASE("the last record was committed but not written yet: nothing is wrong") {
  const TamperedLog log;
  auto lines = log.lines();
  lines.pop_back();
  log.put_lines(lines);
  TamperedLog::put(log.layout().checkpoint(), log.checkpoint_of(999));
  const Report report = log.verify();
  CHECK(in_short(report) == "BEHIND 999");
  CHECK(report.faultless());
  CHECK(report.records == 1'000);
}
