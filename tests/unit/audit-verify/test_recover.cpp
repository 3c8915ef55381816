#include "common/audit/care/recover.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;
using tests::TamperedLog;

namespace {

// What an asynchronous NFS server leaves behind after a power cut.
void lose_the_newest(const TamperedLog& log) {
  auto lines = log.lines();
  lines.resize(990);
  log.put_lines(lines);
  for (std::uint64_t seq = 990; seq < TamperedLog::kRecords; ++seq) {
    std::filesystem::remove(log.layout().slot(seq));
  }
}

struct After {
  fs::Path directory;
  SigningKey key = SigningKey::generate("log.example/audit/g2");
};

Result<Recovered> recover_log(const TamperedLog& log, const After& after) {
  return recover({.old_log = log.layout(),
                  .old_key = log.key().verify_key(),
                  .new_log = {after.directory},
                  .new_key = after.key,
                  .who = {.name = "celes", .kind = "human"},
                  .reason = "the file server lost its power"},
                 {});
}

}  // namespace

TEST_CASE("the next generation of an origin has the next number") {
  CHECK(next_generation("log.example/audit") == "log.example/audit/g2");
  CHECK(next_generation("log.example/audit/g2") == "log.example/audit/g3");
  CHECK(next_generation("log.example/audit/g9") == "log.example/audit/g10");
  CHECK(next_generation("log.example/golden") == "log.example/golden/g2");
  CHECK(next_generation("log.example/g1") == "log.example/g1/g2");
}

TEST_CASE("after a loss a new log begins, which says what the old one had been") {
  const TamperedLog log;
  const tests::Directory directory;
  const After after{directory / "new"};
  lose_the_newest(log);
  const auto done = recover_log(log, after);
  if (!done) FAIL(done.error().message);
  CHECK(done->kept == 990);
  REQUIRE(done->last_signed);
  CHECK(done->last_signed->size == TamperedLog::kRecords);
  for (const char* part : {"\"event\":\"imported\"", "\"old_size\":1000", "\"kept_records\":990",
                           "the file server lost its power", "\"old_root\":\""}) {
    CHECK_THAT(done->record.line, ContainsSubstring(part));
  }
  VerifyOptions options{.key = after.key.verify_key()};
  CHECK(in_short(verify({after.directory}, options).value()).empty());
  // The old one is evidence, and still verifies as what it is.
  CHECK_THAT(in_short(log.verify()), ContainsSubstring("TRUNCATED 990"));
  // As when it was interrupted before it had said so.
  const auto again = recover_log(log, after);
  REQUIRE(again);
  CHECK(again->record.seq == done->record.seq);
}

TEST_CASE("no new log is begun when nothing is lost, without a reason, or with an old name") {
  const TamperedLog log;
  const tests::Directory directory;
  CHECK(recover_log(log, {directory / "new"}).error().kind == Failure::Kind::refused);
  lose_the_newest(log);
  const auto wrong =
      recover_log(log, {directory / "new", SigningKey::generate("log.example/audit")});
  CHECK(wrong.error().kind == Failure::Kind::usage);
  CHECK_THAT(wrong.error().message, ContainsSubstring("log.example/audit/g2"));
  CHECK_FALSE(std::filesystem::exists(directory / "new"));
}
