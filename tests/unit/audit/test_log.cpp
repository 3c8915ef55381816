#include <set>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "common/audit/log/log.hpp"
#include "common/audit/log/store.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/crypto/encoding.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/logs.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::before;
using tests::promotion;
using tests::TestLog;
using text::Json;

namespace {

unsigned mode_of(const fs::Path& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777u;
}

LogOptions at(const std::string& time) {
  LogOptions options;
  options.now = [stamp = parse_stamp(time).value()] { return stamp; };
  return options;
}

}  // namespace

TEST_CASE("a new log has a first record, and says what it is") {
  const TestLog log;
  const auto lines = log.lines();
  REQUIRE(lines.size() == 1);
  const Json record = text::parse_json(lines[0]).value();
  CHECK(record.text("type") == "log");
  CHECK(record.text("event") == "init");
  CHECK(record.find("log")->text("new_vkey") == log.vkey().text());
  CHECK(check_record(record));
  const About about = read_about(log.layout()).value();
  CHECK(about.origin == log.vkey().name());
  CHECK(about.vkey == log.vkey().text());
}

TEST_CASE("a log's directories are closed to others") {
  ::umask(022);
  const TestLog log;
  for (const fs::Path& directory :
       {log.layout().directory, log.layout().records(), log.layout().tail()}) {
    CHECK(mode_of(directory) == 0750);
  }
}

TEST_CASE("no log is made where there is one") {
  const TestLog log;
  const auto again = Log::init(log.layout(), log.key(), {});
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == Failure::Kind::refused);
  CHECK_THAT(again.error().message, ContainsSubstring(log.vkey().text()));
}

TEST_CASE("a log is never made by accident") {
  const tests::Directory directory;
  const auto opened =
      Log::open(Layout{directory.path()}, SigningKey::generate("stagegate.example/x"), {});
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, ContainsSubstring("is the volume mounted?"));
  CHECK(directory.entries() == 0);
}

TEST_CASE("the making of a log that was interrupted is repeated") {
  const TestLog log;
  std::filesystem::remove(log.layout().about());
  SECTION("before log.json") {}
  SECTION("before the checkpoint") {
    std::filesystem::remove(log.layout().checkpoint());
  }
  SECTION("before the first line") {
    std::filesystem::remove(log.layout().checkpoint());
    std::filesystem::remove(log.layout().segment(0));
  }
  REQUIRE(Log::init(log.layout(), log.key(), {}));
  CHECK(log.lines().size() == 1);
  log.fill(1);
}

TEST_CASE("nobody finishes the log of another key") {
  const TestLog log;
  std::filesystem::remove(log.layout().about());
  std::filesystem::remove(log.layout().checkpoint());
  const auto other = Log::init(log.layout(), SigningKey::generate(log.vkey().name()), {});
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == Failure::Kind::conflict);
  CHECK_FALSE(std::filesystem::exists(log.layout().about()));
}

TEST_CASE("an appended record follows the one before it, and the checkpoint is of both") {
  const TestLog log;
  const Appended appended = log.open().append(promotion()).value();
  CHECK(appended.seq == 1);
  CHECK(appended.size == 2);
  CHECK_FALSE(appended.duplicate);
  CHECK(appended.locked);
  CHECK(appended.warnings.empty());
  const auto lines = log.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == appended.line);
  CHECK(read_head(lines[1])->prev == crypto::hex(leaf_hash(lines[0])));
  CHECK(appended.root == node_hash(leaf_hash(lines[0]), leaf_hash(lines[1])));
  CHECK(log.file(log.layout().checkpoint()) == appended.checkpoint);
  const Checkpoint checkpoint = open_checkpoint(appended.checkpoint, log.vkey()).value();
  CHECK(checkpoint == Checkpoint{log.vkey().name(), 2, appended.root});
  CHECK(log.file(log.layout().segment(0)) == lines[0] + "\n" + lines[1] + "\n");
}

TEST_CASE("the same record again is the first one, wherever the retry comes from") {
  const TestLog log;
  const Appended first = log.open().append(promotion("a")).value();
  log.fill(2);
  const Appended again = log.open().append(promotion("a").set("duration_ms", 7)).value();
  CHECK(again.duplicate);
  CHECK(again.seq == first.seq);
  CHECK(again.line == first.line);
  CHECK(again.size == 4);
  CHECK(log.lines().size() == 4);
}

TEST_CASE("one idempotency key for two different records is refused, and both are told") {
  const TestLog log;
  REQUIRE(log.open().append(promotion("a").set("notes", "first")));
  const auto other = log.open().append(promotion("a").set("notes", "second"));
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == Failure::Kind::conflict);
  CHECK_THAT(other.error().message, ContainsSubstring("record 1"));
  CHECK_THAT(other.error().message, ContainsSubstring("\"first\""));
  CHECK_THAT(other.error().message, ContainsSubstring("\"second\""));
  CHECK(log.lines().size() == 2);
}

TEST_CASE("an idempotency key inside of x is none") {
  const TestLog log;
  REQUIRE(log.open().append(promotion().set("x", Json().set("idem", "a"))));
  CHECK_FALSE(log.open().append(promotion("a")).value().duplicate);
  CHECK(log.open().append(promotion("a")).value().seq == 2);
}

TEST_CASE("an idempotency key with quotation marks and backslashes is found again") {
  const TestLog log;
  REQUIRE(log.open().append(promotion("a\"\\b")));
  CHECK(log.open().append(promotion("a\"\\b")).value().duplicate);
}

TEST_CASE("a draft that breaks a rule is refused before anything is touched") {
  const TestLog log;
  LogOptions options;
  options.on_step = [](std::string_view step) { FAIL(step); };
  const auto refused = log.open(options).append(promotion().set("image_tag", "a:b"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Failure::Kind::usage);
}

TEST_CASE("a record whose condition does not hold is not appended, and the reason is kept") {
  const TestLog log;
  const auto refused = log.open().append_if([](const View& view) -> Result<Draft> {
    CHECK(view.size() == 1);
    return fail(Failure::Kind::refused, "because");
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Failure::Kind::refused);
  CHECK(refused.error().message == "because");
  CHECK(log.lines().size() == 1);
}

TEST_CASE("a condition is evaluated again when somebody else was quicker") {
  const TestLog log;
  std::vector<std::uint64_t> seen;
  auto options = before("link", [&] { log.fill(1); });
  options.lock_wait = std::chrono::milliseconds(0);
  const auto appended = log.open(options).append_if([&](const View& view) -> Result<Draft> {
    seen.push_back(view.size());
    return promotion();
  });
  CHECK(appended.value().tries == 2);
  CHECK(appended.value().seq == 2);
  CHECK(seen == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("who never wins gives up, and says so") {
  const TestLog log;
  LogOptions options;
  options.most_tries = 2;
  options.lock_wait = std::chrono::milliseconds(0);
  options.on_step = [&](std::string_view step) {
    if (step == "link") log.fill(1);
  };
  const auto given_up = log.open(options).append(promotion());
  REQUIRE_FALSE(given_up);
  CHECK_THAT(given_up.error().message, ContainsSubstring("the last time with record 2"));
  CHECK(given_up.error().kind == Failure::Kind::deadline);
  CHECK_THAT(given_up.error().message, ContainsSubstring("not recorded: 2 times"));
}

TEST_CASE("a held lock delays a writer and does not stop it") {
  const TestLog log;
  LogOptions options;
  options.lock_wait = std::chrono::milliseconds(1);
  std::optional<Appended> inner;
  const auto outer =
      log.open(before("stage", [&] { inner = log.open(options).append(promotion()).value(); }))
          .append(promotion());
  CHECK_FALSE(inner->locked);
  CHECK(inner->seq == 1);
  CHECK(outer.value().locked);
  CHECK(outer.value().seq == 2);
}

TEST_CASE("a clock behind the last record is a warning, and stands in the record") {
  const TestLog log(at("2026-11-21T06:30:05.000Z"));
  const Appended appended = log.open(at("2026-11-21T06:30:00.000Z")).append(promotion()).value();
  REQUIRE(appended.warnings.size() == 1);
  CHECK(appended.warnings[0] == "the clock is 5000 ms behind record 0");
  CHECK_THAT(appended.line, ContainsSubstring("\"clock_behind_ms\":5000,"));
}

TEST_CASE("a key of another log is refused before anything is written") {
  const TestLog log;
  const auto opened = Log::open(log.layout(), SigningKey::generate("stagegate.example/other"), {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == Failure::Kind::conflict);
  CHECK_THAT(opened.error().message, ContainsSubstring("stagegate.example/other+"));
  CHECK_THAT(opened.error().message, ContainsSubstring(log.vkey().text()));
}

TEST_CASE("nothing is added to a head that the key has not signed") {
  const TestLog log;
  log.fill(1);
  const SigningKey other = SigningKey::generate(log.vkey().name());
  const View view = log.view();
  SECTION("a forged slot") {
    std::filesystem::remove(log.layout().slot(1));
    REQUIRE(fs::replace_file(log.layout().slot(1), sign_slot(*view.last(), other)));
  }
  SECTION("a forged checkpoint") {
    REQUIRE(fs::replace_file(log.layout().checkpoint(), sign_checkpoint(view.head(), other)));
  }
  SECTION("a slot full of zeros, as a server leaves it that lost power") {
    REQUIRE(fs::replace_file(log.layout().slot(1), std::string(800, '\0')));
  }
  const auto refused = log.open().append(promotion());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Failure::Kind::conflict);
  CHECK_THAT(refused.error().message, ContainsSubstring("run audit-writer verify"));
}

TEST_CASE("a writer that keeps the log open finds the keys that others have used") {
  const TestLog log;
  auto writer = log.open();
  REQUIRE(writer.append(promotion("first")));
  REQUIRE(log.open().append(promotion("second\"\\")));
  REQUIRE(log.open().append(promotion().set("x", Json().set("idem", "third"))));
  CHECK(writer.append(promotion("second\"\\")).value().seq == 2);
  CHECK(writer.append(promotion("first")).value().seq == 1);
  CHECK_FALSE(writer.append(promotion("third")).value().duplicate);
  log.fill(600);  // more than the slots between two looks
  REQUIRE(log.open().append(promotion("fourth")));
  CHECK(writer.append(promotion("fourth")).value().duplicate);
  CHECK_FALSE(writer.append(promotion("fifth")).value().duplicate);
  CHECK(writer.append(promotion("third")).value().seq == 4);
}

TEST_CASE("a writer does not trust its own work when it finds other bytes in its place") {
  const TestLog log;
  auto writer = log.open();
  REQUIRE(writer.append(promotion()));
  std::string slot = log.file(log.layout().slot(1));
  slot[slot.size() / 2] ^= 1;
  REQUIRE(fs::replace_file(log.layout().slot(1), slot));
  CHECK(writer.append(promotion()).error().kind == Failure::Kind::conflict);
}

TEST_CASE("each step of an append is told, in the order in which it is taken") {
  const TestLog log;
  std::vector<std::string> steps;
  LogOptions options;
  options.on_step = [&](std::string_view step) { steps.emplace_back(step); };
  log.fill(254);
  REQUIRE(log.open(options).append(promotion()));
  CHECK(steps == std::vector<std::string>(kAppendSteps.begin(), kAppendSteps.end()));
}

TEST_CASE("threads that append at once get a place each") {
  const TestLog log;
  std::vector<std::thread> threads;
  std::vector<std::uint64_t> places(4 * 20);
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      LogOptions options;
      options.lock_wait = std::chrono::milliseconds(i % 2 == 0 ? 0 : 2000);
      auto writer = log.open(options);
      for (std::size_t n = 0; n < 20; ++n) {
        if (const auto done = writer.append(promotion())) places[i * 20 + n] = done->seq;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::set<std::uint64_t>(places.begin(), places.end()).size() == places.size());
  CHECK(log.lines().size() == places.size() + 1);
}
