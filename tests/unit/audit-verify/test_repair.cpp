#include "common/audit/care/repair.hpp"
#include "common/audit/record/stub.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;
using tests::TamperedLog;

namespace {

const Actor kOperator{.name = "celes", .kind = "human"};

Result<Repaired> repair_log(const TamperedLog& log) {
  auto opened = Log::open(log.layout(), log.key(), {});
  REQUIRE(opened);
  return repair(*opened, {.who = kOperator, .reason = "found by verify"});
}

Repaired repaired(const TamperedLog& log) {
  auto done = repair_log(log);
  if (!done) FAIL(done.error().message);
  CHECK(in_short(log.verify()).empty());
  return std::move(*done);
}

}  // namespace

TEST_CASE("a faultless log is left as it is, and no record is added") {
  const TamperedLog log;
  const Repaired done = repaired(log);
  CHECK_FALSE(done.changed());
  CHECK(done.left.empty());
  CHECK(log.verify().records == TamperedLog::kRecords);
}

TEST_CASE("a line that is not its slot's is written again, and what stood there is kept") {
  const TamperedLog log;
  auto lines = log.lines();
  const std::string before = lines[900];
  tests::replace(lines[900], "celes", "kefka");
  log.put_lines(lines);
  const Repaired done = repaired(log);
  CHECK(done.lines == std::vector<std::uint64_t>{900});
  CHECK(log.lines()[900] == before);
  REQUIRE(done.quarantined.size() == 1);
  CHECK(TamperedLog::bytes(log.layout().directory / done.quarantined[0].file) == lines[900] + "\n");
  const std::string record = log.lines()[done.quarantined[0].seq];
  CHECK_THAT(record, ContainsSubstring("\"event\":\"recovered\""));
  CHECK_THAT(record, ContainsSubstring(done.quarantined[0].file));
  CHECK_THAT(record, ContainsSubstring("the line of record 900 was another one: found by verify"));
}

TEST_CASE("bytes behind the committed end are cut off, and kept") {
  for (const char* foreign : {"torn", "{\"v\":1,\"seq\":1000}\n", "two\nlines\n"}) {
    const TamperedLog log;
    TamperedLog::append(log.layout().segment(0), foreign);
    const Repaired done = repaired(log);
    CHECK(done.cut_off == std::string(foreign).size());
    REQUIRE(done.quarantined.size() == 1);
    CHECK(TamperedLog::bytes(log.layout().directory / done.quarantined[0].file) == foreign);
  }
}

TEST_CASE("lines that were cut off are written again from their slots") {
  const TamperedLog log;
  auto lines = log.lines();
  const auto all = lines;
  lines.resize(600);
  log.put_lines(lines);
  const Repaired done = repaired(log);
  CHECK(done.lines.size() == 400);
  CHECK((log.lines() == all));
}

TEST_CASE("a segment that is missing is made from its slots when they are all there") {
  const TamperedLog log(400);
  const auto all = log.lines();
  std::filesystem::remove(log.layout().segment(0));
  CHECK(repaired(log).lines.size() == 400);
  CHECK((log.lines() == all));
}

TEST_CASE("tiles that are missing or changed are made again") {
  const TamperedLog log;
  const std::string first = TamperedLog::bytes(log.layout().tile(0, 0));
  std::filesystem::remove(log.layout().tile(0, 0));
  TamperedLog::put(log.layout().tile(0, 1), "short");
  CHECK(repaired(log).tiles == std::vector<std::string>{"tile/0/000", "tile/0/001"});
  CHECK(TamperedLog::bytes(log.layout().tile(0, 0)) == first);
}

TEST_CASE(
    "a record that was changed before the oldest slot cannot be mended, and no tile hides it") {
  const TamperedLog log;
  auto lines = log.lines();
  tests::replace(lines[17], "celes", "kefka");
  log.put_lines(lines);
  const std::string tile = TamperedLog::bytes(log.layout().tile(0, 0));
  const auto done = repair_log(log);
  REQUIRE(done);
  CHECK_FALSE(done->changed());
  REQUIRE(done->left.size() == 1);
  CHECK_THAT(done->left[0], ContainsSubstring("not those that were signed"));
  CHECK(TamperedLog::bytes(log.layout().tile(0, 0)) == tile);
  CHECK_THAT(in_short(log.verify()), ContainsSubstring("MODIFIED 17"));
}

TEST_CASE("a stub that no record speaks of is not spared: the slot has the record") {
  const TamperedLog log;
  auto lines = log.lines();
  const std::string before = lines[900];
  lines[900] = show(Stub{900, leaf_hash(before), 950}, before.size());
  log.put_lines(lines);
  CHECK(in_short(log.verify()) == "UNAUTHORISED_REDACTION 900");
  CHECK(repaired(log).lines == std::vector<std::uint64_t>{900});
  CHECK(log.lines()[900] == before);
}

TEST_CASE("lines that are wrong one behind the other are one piece of evidence") {
  const TamperedLog log;
  const auto all = log.lines();
  auto lines = all;
  lines.erase(lines.begin() + 700);
  log.put_lines(lines);
  const Repaired done = repaired(log);
  CHECK(done.lines.size() == 300);
  REQUIRE(done.quarantined.size() == 1);
  CHECK_THAT(log.lines()[done.quarantined[0].seq],
             ContainsSubstring("the lines of the records 700 to 999 were others"));
  CHECK(std::equal(all.begin(), all.end(), log.lines().begin()));
}

TEST_CASE("a hole in a segment is filled, and nothing is kept of it") {
  const TamperedLog log(400);
  const auto all = log.lines();
  const std::string whole = TamperedLog::bytes(log.layout().segment(0));
  const std::size_t end = whole.size() - all.back().size() - 1;
  TamperedLog::put(log.layout().segment(0), std::string(end, '\0') + all.back() + "\n");
  const Repaired done = repaired(log);
  CHECK(done.lines.size() == 399);
  CHECK(done.quarantined.empty());
  CHECK((log.lines() == all));
}

TEST_CASE("what no slot has any more is told to be put back") {
  const TamperedLog log;
  auto lines = log.lines();
  lines.erase(lines.begin() + 17);
  log.put_lines(lines);
  const auto done = repair_log(log);
  REQUIRE(done);
  REQUIRE_FALSE(done->left.empty());
  CHECK_THAT(done->left[0], ContainsSubstring("before record"));
  CHECK_THAT(done->left[0], ContainsSubstring("snapshot"));
}

TEST_CASE("slots that are lost are no loss as long as lines and checkpoint agree") {
  const TamperedLog log;
  const std::string head = TamperedLog::bytes(log.layout().slot(999));
  SECTION("the newest") {
    std::filesystem::remove(log.layout().slot(999));
  }
  SECTION("all") {
    std::filesystem::remove_all(log.layout().tail());
    std::filesystem::create_directory(log.layout().tail());
  }
  CHECK(in_short(log.verify()) == "MISSING_FILE 999");
  CHECK(repaired(log).slot == 999);
  CHECK(TamperedLog::bytes(log.layout().slot(999)) == head);
  CHECK(log.verify().records == 1001);
  CHECK_THAT(log.lines()[1000], ContainsSubstring("the slot of record 999 was missing"));
}

TEST_CASE("the directory of the slots is made again with the newest") {
  const TamperedLog log;
  std::filesystem::remove_all(log.layout().tail());
  CHECK(in_short(log.verify()) == "MISSING_FILE");
  CHECK(repaired(log).slot == 999);
}

TEST_CASE("a log whose head is lost is not repaired but told to be recovered") {
  const TamperedLog log;
  std::filesystem::remove_all(log.layout().tail());
  std::filesystem::create_directory(log.layout().tail());
  auto lines = log.lines();
  SECTION("a record that was committed after the checkpoint may be lost, too") {
    TamperedLog::put(log.layout().checkpoint(), log.checkpoint_of(999));
  }
  SECTION("a line is missing") {
    lines.pop_back();
    log.put_lines(lines);
  }
  SECTION("a line is another one") {
    tests::replace(lines[500], "celes", "kefka");
    log.put_lines(lines);
  }
  const auto done = repair_log(log);
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == Failure::Kind::conflict);
  CHECK_THAT(done.error().message, ContainsSubstring("recover --accept-loss"));
  CHECK(std::filesystem::is_empty(log.layout().tail()));
}
