// What is left behind by writers that were killed, paused or overtaken.
#include <algorithm>

#include "common/audit/log/log.hpp"
#include "common/audit/log/store.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/logs.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::before;
using tests::promotion;
using tests::TestLog;

TEST_CASE("what a killed writer has left undone is completed by the next one") {
  const TestLog log;
  const auto& layout = log.layout();
  const std::string early_checkpoint = log.file(layout.checkpoint());
  log.fill(3);
  const std::string whole = log.file(layout.segment(0));
  SECTION("the checkpoint") {
    REQUIRE(fs::replace_file(layout.checkpoint(), early_checkpoint));
  }
  SECTION("checkpoint and lines") {
    REQUIRE(fs::replace_file(layout.checkpoint(), early_checkpoint));
    std::filesystem::resize_file(layout.segment(0), whole.find('\n') + 20);
  }
  SECTION("the whole segment") {
    REQUIRE(fs::replace_file(layout.checkpoint(), early_checkpoint));
    std::filesystem::remove(layout.segment(0));
  }
  CHECK(log.lines().size() == 4);
  CHECK(log.open().append(promotion()).value().warnings.empty());
  CHECK(log.file(layout.segment(0)).starts_with(whole));
  CHECK(open_checkpoint(log.file(layout.checkpoint()), log.vkey()).value().size == 5);
}

TEST_CASE("nothing is written behind a gap, and nothing is recorded") {
  const TestLog log;
  log.fill(3);
  const auto& segment = log.layout().segment(0);
  std::string whole = log.file(segment);
  SECTION("all lines are gone") {
    std::filesystem::remove(segment);
    whole.clear();
  }
  SECTION("a line is missing") {
    whole.erase(0, whole.find('\n') + 1);
    REQUIRE(fs::replace_file(segment, whole));
  }
  SECTION("a line is shorter") {
    whole.erase(20, 7);
    REQUIRE(fs::replace_file(segment, whole));
  }
  const auto appended = log.open().append(promotion());
  REQUIRE_FALSE(appended);
  CHECK(appended.error().kind == Failure::Kind::conflict);
  CHECK_THAT(appended.error().message, ContainsSubstring("do not stand where"));
  CHECK_FALSE(std::filesystem::exists(log.layout().slot(4)));
  CHECK((std::filesystem::exists(segment) ? log.file(segment) : "") == whole);
}

TEST_CASE("foreign bytes behind the end are written over, not adopted") {
  const TestLog log;
  const std::string before = log.file(log.layout().segment(0));
  REQUIRE(fs::replace_file(log.layout().segment(0), before + R"({"v":1,"seq":1,"idem":"a"})"
                                                             "\n"));
  const Appended appended = log.open().append(promotion("a")).value();
  CHECK_FALSE(appended.duplicate);
  CHECK(log.file(log.layout().segment(0)) == before + appended.line + "\n");
}

TEST_CASE("a record is recorded even when its line cannot be written, and that is a warning") {
  const TestLog log;
  auto options = before("line", [&] {
    std::filesystem::remove(log.layout().segment(0));
    std::filesystem::create_directory(log.layout().segment(0));
  });
  const Appended appended = log.open(options).append(promotion()).value();
  REQUIRE(appended.warnings.size() == 1);
  CHECK_THAT(appended.warnings[0], ContainsSubstring("recorded as 1"));
  CHECK(log.view().size() == 2);
}

TEST_CASE("a line that has just been redacted does not come back") {
  const TestLog log;
  const std::string early_checkpoint = log.file(log.layout().checkpoint());
  log.fill(2);
  // As after `redact`, whose record has not been published: checkpoint of one record, stub by 2.
  REQUIRE(fs::replace_file(log.layout().checkpoint(), early_checkpoint));
  const View view = log.view();
  const Slot& slot = view.slots().at(1);
  std::string segment = log.file(log.layout().segment(0));
  const std::string stub = show(Stub{1, slot.leaf, 2}, slot.line.size());
  segment.replace(slot.start, stub.size(), stub);
  REQUIRE(fs::replace_file(log.layout().segment(0), segment));
  log.fill(1);
  CHECK(log.file(log.layout().segment(0)).starts_with(segment));
}

TEST_CASE("slots are removed when 512 newer ones are there, and full tiles are written") {
  const TestLog log;
  log.fill(1023);
  CHECK(slots_there(log.layout()).value().front() == 512);
  for (const char* tile : {"000", "001", "002", "003"}) {
    CHECK(std::filesystem::file_size(log.layout().directory / "tile/0" / tile) == 256 * 32);
  }
  CHECK(log.lines().size() == 1024);
}

TEST_CASE("a writer that was overtaken while it was paused withdraws, and appends again") {
  const TestLog log;
  auto options = before("link", [&] { log.fill(800); });
  options.lock_wait = std::chrono::milliseconds(0);
  const Appended appended = log.open(options).append(promotion("late")).value();
  CHECK(appended.tries == 2);
  CHECK(appended.seq == 801);
  CHECK_FALSE(std::filesystem::exists(log.layout().slot(1)));
  const auto lines = log.lines();
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.find("\"late\"") != std::string::npos;
        }) == 1);
}

TEST_CASE("a writer that was paused after its record was committed knows that it still is") {
  const TestLog log;
  auto options = before("late", [&] { log.fill(800); });
  options.lock_wait = std::chrono::milliseconds(0);
  const Appended appended = log.open(options).append(promotion("early")).value();
  CHECK(appended.tries == 1);
  CHECK(appended.seq == 1);
  CHECK_THAT(log.lines()[1], ContainsSubstring("\"early\""));
}

TEST_CASE("two writers that are both late do not take each other for the log") {
  const TestLog log;
  LogOptions second = before("link", [&] { log.fill(800); });
  second.lock_wait = std::chrono::milliseconds(0);
  std::optional<Appended> other;
  // The first has seen record 1 as the head; the second leaves a stray slot in its place.
  log.fill(1);
  LogOptions first = before("link", [&] {
    other = log.open(second).append(promotion("second")).value();
    REQUIRE(fs::replace_file(log.layout().slot(1), "left by a writer that was killed"));
  });
  first.lock_wait = std::chrono::milliseconds(0);
  const Appended appended = log.open(first).append(promotion("first")).value();
  CHECK(appended.seq == other->seq + 1);
}

TEST_CASE("a checkpoint that a paused writer has put back hides nothing") {
  const TestLog log;
  const std::string early = log.file(log.layout().checkpoint());
  log.fill(800);
  REQUIRE(fs::replace_file(log.layout().checkpoint(), early));
  CHECK(log.view().size() == 801);
  CHECK(log.lines().size() == 801);
  CHECK(log.open().append(promotion()).value().seq == 801);
  CHECK(open_checkpoint(log.file(log.layout().checkpoint()), log.vkey()).value().size == 802);
}

TEST_CASE("what killed writers leave behind is removed after an hour, not before") {
  const TestLog log;
  const fs::Path directory = GENERATE(0, 1) == 0 ? log.layout().tail() : log.layout().directory;
  const fs::Path old = directory / ".tmp-host-1-aa";
  const fs::Path fresh = directory / ".tmp-host-2-bb";
  REQUIRE(fs::replace_file(old, "x"));
  REQUIRE(fs::replace_file(fresh, "x"));
  std::filesystem::last_write_time(
      old, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(61));
  log.fill(255);
  CHECK_FALSE(std::filesystem::exists(old));
  CHECK(std::filesystem::exists(fresh));
}
