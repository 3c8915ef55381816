#include "common/audit/care/redact.hpp"
#include "common/audit/care/repair.hpp"
#include "common/audit/record/stub.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;
using tests::TamperedLog;

namespace {

const Actor kOperator{.name = "terra", .kind = "human"};

Result<Redacted> redact_record(const TamperedLog& log, std::uint64_t seq) {
  auto opened = Log::open(log.layout(), log.key(), {});
  REQUIRE(opened);
  return redact(*opened, {.seq = seq, .reason = "asked for by the person", .who = kOperator});
}

// Wherever the log keeps what the record said.
std::string all_bytes(const TamperedLog& log) {
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(log.layout().directory)) {
    if (entry.is_regular_file()) bytes += TamperedLog::bytes(entry.path());
  }
  return bytes;
}

void append_one(const TamperedLog& log) {
  auto opened = Log::open(log.layout(), log.key(), {});
  REQUIRE(opened);
  REQUIRE(opened->append(
      Draft().set("type", "log").set("event", "anchored").set("log", text::Json::Object())));
}

}  // namespace

TEST_CASE("a redacted record is gone from the log, which stays faultless") {
  for (const std::uint64_t seq : {0u, 17u, 700u, 998u, 999u}) {
    const TamperedLog log;
    const std::string tag = text::cat("\"idem\":\"made-", seq, "\"");
    REQUIRE(all_bytes(log).find(tag) != std::string::npos);
    const auto done = redact_record(log, seq);
    if (!done) FAIL(done.error().message);
    CHECK(done->by == TamperedLog::kRecords);
    CHECK(all_bytes(log).find(tag) == std::string::npos);
    const Report report = log.verify();
    CHECK(in_short(report).empty());
    CHECK(report.redacted == 1);
    CHECK(parse_stub(log.lines()[seq])->by == done->by);
    CHECK_THAT(log.lines()[done->by], ContainsSubstring("asked for by the person"));
    // It does not come back.
    append_one(log);
    CHECK(all_bytes(log).find(tag) == std::string::npos);
    CHECK(in_short(log.verify()).empty());
  }
}

TEST_CASE("a redacted record is recognised by its idempotency key, which nobody can read") {
  const TamperedLog log;
  const auto found = [&](std::string_view key) {
    const auto view = View::open(log.layout(), log.key().verify_key());
    REQUIRE(view);
    const auto answer = find_redacted_key(*view, key);
    REQUIRE(answer);
    return *answer;
  };
  CHECK_FALSE(found("made-17"));
  const auto done = redact_record(log, 17);
  REQUIRE(done);
  REQUIRE(found("made-17"));
  CHECK(found("made-17")->seq == 17);
  CHECK(found("made-17")->by == done->by);
  CHECK_FALSE(found("made-18"));
  CHECK_FALSE(found(""));
  CHECK(all_bytes(log).find("made-17\"") == std::string::npos);
  // One key has another mark in another record.
  CHECK_THAT(log.lines()[done->by], ContainsSubstring("\"idem_sha256\":"));
  CHECK(in_short(log.verify()).empty());
}

TEST_CASE("repair does not bring a redacted record back") {
  const TamperedLog log;
  REQUIRE(redact_record(log, 900));
  auto opened = Log::open(log.layout(), log.key(), {});
  const auto done = repair(*opened, {.who = kOperator});
  REQUIRE(done);
  CHECK_FALSE(done->changed());
  CHECK(in_short(log.verify()).empty());
}

TEST_CASE("a redaction can be repeated, and is finished when it was interrupted") {
  const TamperedLog log;
  const std::string line = log.lines()[900];
  const std::string slot = TamperedLog::bytes(log.layout().slot(900));
  REQUIRE(redact_record(log, 900));
  const auto again = redact_record(log, 900);
  REQUIRE(again);
  CHECK(again->had_been);
  CHECK_FALSE(again->record);

  // As after a kill between the record and the overwriting.
  auto lines = log.lines();
  lines[900] = line;
  log.put_lines(lines);
  TamperedLog::put(log.layout().slot(900), slot);
  const auto finished = redact_record(log, 900);
  REQUIRE(finished);
  CHECK(finished->by == TamperedLog::kRecords);
  CHECK_FALSE(finished->record);
  CHECK(parse_stub(log.lines()[900]));
  CHECK(in_short(log.verify()).empty());
}

TEST_CASE("a full segment, which is read-only, can be redacted and stays read-only") {
  const TamperedLog log(kSegmentLines + 10, 0);
  using std::filesystem::perms;
  std::filesystem::permissions(log.layout().segment(0),
                               perms::owner_read | perms::group_read | perms::others_read);
  REQUIRE(redact_record(log, 17));
  CHECK(std::filesystem::status(log.layout().segment(0)).permissions() ==
        (perms::owner_read | perms::group_read | perms::others_read));
  CHECK(in_short(log.verify()).empty());
}

TEST_CASE("what verification rests on cannot be redacted, nor a record that is not there") {
  const TamperedLog log;
  append_one(log);
  const auto kind = [&](std::uint64_t seq) { return redact_record(log, seq).error().kind; };
  CHECK(kind(1'000) == Failure::Kind::refused);
  CHECK(kind(1'001) == Failure::Kind::usage);
  auto opened = Log::open(log.layout(), log.key(), {});
  CHECK(redact(*opened, {.seq = 1, .reason = "", .who = kOperator}).error().kind ==
        Failure::Kind::usage);
}

TEST_CASE("a record that somebody took out without saying so is a conflict") {
  const TamperedLog log;
  auto lines = log.lines();
  lines[17] = show(Stub{17, leaf_hash(lines[17]), 900}, lines[17].size());
  log.put_lines(lines);
  CHECK(redact_record(log, 17).error().kind == Failure::Kind::conflict);
}

TEST_CASE("a stub whose redaction record is about another record is unauthorised") {
  const TamperedLog log;
  REQUIRE(redact_record(log, 17));
  auto lines = log.lines();
  lines[18] = show(Stub{18, leaf_hash(lines[18]), TamperedLog::kRecords}, lines[18].size());
  log.put_lines(lines);
  CHECK(in_short(log.verify()) == "UNAUTHORISED_REDACTION 18");
}
