#include "common/audit/log/view.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/logs.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::promotion;
using tests::TestLog;

namespace {

std::vector<std::uint64_t> numbers(const std::function<Result<>(const Visit&)>& read,
                                   std::size_t most = 1'000'000) {
  std::vector<std::uint64_t> found;
  REQUIRE(read([&](const Line& line) {
    CHECK(read_head(line.text)->seq == line.seq);
    found.push_back(line.seq);
    return found.size() < most ? Next::go_on : Next::stop;
  }));
  return found;
}

using Numbers = std::vector<std::uint64_t>;

// Ten records; those of tag "odd" have odd numbers. The checkpoint is of `published` of them.
void make_ten(const TestLog& log, int published) {
  auto writer = log.open();
  std::string checkpoint = log.file(log.layout().checkpoint());
  for (int seq = 1; seq < 10; ++seq) {
    if (seq == published) checkpoint = log.file(log.layout().checkpoint());
    REQUIRE(writer.append(promotion().set("image_tag", seq % 2 == 1 ? "odd" : "even")));
  }
  if (published < 10) REQUIRE(fs::replace_file(log.layout().checkpoint(), checkpoint));
}

void expect_damage(const TestLog& log, const std::string& what) {
  const auto view = View::open(log.layout(), log.vkey());
  REQUIRE_FALSE(view);
  CHECK(view.error().kind == Failure::Kind::conflict);
  CHECK_THAT(view.error().message, ContainsSubstring(what));
}

}  // namespace

TEST_CASE("a view reads forwards and backwards, and stops when it is told to") {
  const int published = GENERATE(1, 4, 9, 10);
  const TestLog log;
  make_ten(log, published);
  const View view = log.view();
  CHECK(view.size() == 10);
  CHECK(view.published().size == static_cast<std::uint64_t>(published));
  CHECK(view.last()->seq == 9);
  CHECK(numbers([&](const Visit& visit) { return view.each(0, visit); }) ==
        Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(numbers([&](const Visit& visit) { return view.each(7, visit); }) == Numbers{7, 8, 9});
  CHECK(numbers([&](const Visit& visit) { return view.each(2, visit); }, 3) == Numbers{2, 3, 4});
  CHECK(numbers([&](const Visit& visit) { return view.each(10, visit); }).empty());
  CHECK(numbers([&](const Visit& visit) { return view.each_backwards(visit); }) ==
        Numbers{9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  CHECK(numbers([&](const Visit& visit) { return view.each_backwards(visit); }, 2) ==
        Numbers{9, 8});
}

TEST_CASE("a view finds the lines that hold something") {
  const int published = GENERATE(1, 4, 9, 10);
  const TestLog log;
  make_ten(log, published);
  const View view = log.view();
  CHECK(numbers([&](const Visit& visit) { return view.each_with("\"odd\"", 0, visit); }) ==
        Numbers{1, 3, 5, 7, 9});
  CHECK(numbers([&](const Visit& visit) { return view.each_with("\"odd\"", 4, visit); }) ==
        Numbers{5, 7, 9});
  CHECK(numbers([&](const Visit& visit) { return view.each_with("\"even\"", 0, visit); }, 1) ==
        Numbers{2});
  CHECK(numbers([&](const Visit& visit) { return view.each_with("nowhere", 0, visit); }).empty());
  CHECK(numbers([&](const Visit& visit) {
          return view.each_with_backwards("\"even\"", 1'000'000, visit);
        }) == Numbers{8, 6, 4, 2});
}

TEST_CASE("one line is found by its number, and one that is not there is told") {
  const TestLog log;
  make_ten(log, 10);
  const View view = log.view();
  for (const std::uint64_t seq : Numbers{0, 5, 9}) {
    CHECK(read_head(view.line(seq).value())->seq == seq);
  }
  const auto none = view.line(10);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "there is no record 10: the log has 10 records");
}

TEST_CASE("lines longer than a piece of the file are read whole, in both directions") {
  const TestLog log;
  auto writer = log.open();
  for (int i = 0; i < 12; ++i) {
    REQUIRE(writer.append(promotion().set("x", text::Json().set("pad", std::string(60'000, 'x')))));
  }
  const View view = log.view();
  const Numbers forwards = numbers([&](const Visit& visit) { return view.each(0, visit); });
  Numbers backwards = numbers([&](const Visit& visit) { return view.each_backwards(visit); });
  std::reverse(backwards.begin(), backwards.end());
  CHECK(forwards.size() == 13);
  CHECK(forwards == backwards);
  CHECK(numbers([&](const Visit& visit) { return view.each_with("pad", 0, visit); }).size() == 12);
  CHECK(numbers([&](const Visit& visit) {
          return view.each_with_backwards("pad", 1'000'000, visit);
        }).size() == 12);
}

TEST_CASE("a log goes on in a new segment when one is full, and is read over the border") {
  const TestLog log(kSegmentLines - 2);
  auto writer = log.open();
  for (int i = 0; i < 5; ++i) {
    const Appended appended = writer.append(promotion(i == 0 ? "first" : "")).value();
    CHECK(appended.warnings.empty());
  }
  CHECK(std::filesystem::status(log.layout().segment(0)).permissions() ==
        std::filesystem::perms(0444));
  CHECK(std::filesystem::file_size(log.layout().segment(1)) > 0);
  const View view = log.view();
  REQUIRE(view.size() == kSegmentLines + 3);
  CHECK(view.last()->start == log.file(log.layout().segment(1)).rfind(R"({"v":1)"));
  CHECK(numbers([&](const Visit& visit) { return view.each(kSegmentLines - 1, visit); }) ==
        Numbers{kSegmentLines - 1, kSegmentLines, kSegmentLines + 1, kSegmentLines + 2});
  CHECK(numbers([&](const Visit& visit) { return view.each(0, visit); }).size() == view.size());
  CHECK(numbers([&](const Visit& visit) { return view.each_backwards(visit); }).size() ==
        view.size());
  CHECK(numbers([&](const Visit& visit) { return view.each_with("stonks", 0, visit); }).size() ==
        view.size());
  CHECK(read_head(view.line(kSegmentLines).value())->seq == kSegmentLines);
  CHECK(writer.append(promotion("first")).value().duplicate);
}

TEST_CASE("looking back is cut off after so many bytes, give or take a piece of a file") {
  const TestLog log(std::uint64_t{4000});
  const View view = log.view();
  const auto found = numbers(
      [&](const Visit& visit) { return view.each_with_backwards("stonks", 300'000, visit); });
  CHECK(found.front() == 3999);
  CHECK(found.back() > 1000);
  CHECK(found.back() < 3500);
}

TEST_CASE("a view stays what it was while others append") {
  const TestLog log;
  log.fill(2);
  const View view = log.view();
  log.fill(3);
  CHECK(numbers([&](const Visit& visit) { return view.each(0, visit); }) == Numbers{0, 1, 2});
  CHECK(numbers([&](const Visit& visit) { return view.each_backwards(visit); }) ==
        Numbers{2, 1, 0});
}

TEST_CASE("the head is that of the newest slot, and not of the checkpoint that lags behind") {
  const TestLog log;
  make_ten(log, 4);
  const View view = log.view();
  CHECK(view.head().size == 10);
  CHECK(view.head().root == view.frontier().root());
  CHECK(view.head().root != view.published().root);
}

TEST_CASE("a slot that does not follow the one before it is no head") {
  const TestLog log;
  make_ten(log, 4);
  std::filesystem::remove(log.layout().slot(6));
  std::filesystem::copy_file(log.layout().slot(7), log.layout().slot(6));
  expect_damage(log, "it is the slot of record 7");
}

TEST_CASE("a slot of another tree is no head") {
  const TestLog log;
  make_ten(log, 10);
  const TestLog other;
  // Signed with the key, but by a history that never was.
  Slot slot = *log.view().last();
  slot.frontier = other.view().frontier();
  while (slot.frontier.size() < 10) slot.frontier.push(leaf_hash("x"));
  REQUIRE(fs::replace_file(log.layout().slot(9), sign_slot(slot, log.key())));
  expect_damage(log, "run audit-writer verify");
}

TEST_CASE("a checkpoint of another key is not believed") {
  const TestLog log;
  const TestLog other;
  REQUIRE(fs::replace_file(log.layout().checkpoint(), log.file(other.layout().checkpoint())));
  expect_damage(log, "checkpoint");
}

TEST_CASE("what the file system has lost is named, with a way on") {
  const TestLog log;
  make_ten(log, 10);
  SECTION("the newest slots") {
    std::filesystem::remove(log.layout().slot(9));
    expect_damage(log,
                  "10 records have been recorded, and of these the file system has lost record 9");
    expect_damage(log, "recover --accept-loss");
  }
  SECTION("the checkpoint") {
    std::filesystem::remove(log.layout().checkpoint());
    expect_damage(log, "checkpoint is not there");
  }
}

TEST_CASE("a reader does not pass a changed file off as the log") {
  const TestLog log;
  make_ten(log, 10);
  std::string segment = log.file(log.layout().segment(0));
  const auto visit = [](const Line&) { return Next::go_on; };
  SECTION("a line has been taken out") {
    const std::size_t begin = segment.find('\n') + 1;
    const std::size_t end = segment.find('\n', begin) + 1;
    segment.erase(begin, end - begin);
    // As long as before, so that it is not the length that tells.
    segment.insert(segment.size() - 1, std::string(end - begin, 'x'));
    REQUIRE(fs::replace_file(log.layout().segment(0), segment));
    const auto read = log.view().each(0, visit);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Failure::Kind::conflict);
    CHECK_THAT(read.error().message, ContainsSubstring("record 1 is not where it was recorded"));
    CHECK_FALSE(log.view().each_backwards(visit));
  }
  SECTION("the end has been cut off") {
    std::filesystem::resize_file(log.layout().segment(0), segment.size() / 2);
    const auto read = log.view().each(0, visit);
    REQUIRE_FALSE(read);
    CHECK_THAT(read.error().message, ContainsSubstring("have been recorded"));
  }
}

TEST_CASE("a log is read where nothing can be written") {
  const TestLog log;
  make_ten(log, 4);
  for (const auto& directory :
       {log.layout().directory, log.layout().tail(), log.layout().records()}) {
    std::filesystem::permissions(directory, std::filesystem::perms(0550));
  }
  CHECK(log.lines().size() == 10);
  for (const auto& directory :
       {log.layout().directory, log.layout().tail(), log.layout().records()}) {
    std::filesystem::permissions(directory, std::filesystem::perms(0750));
  }
}
