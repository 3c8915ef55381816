// The history, page by page.
#include "plugins/audit-writer/serve/history.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const audit::Stamp kNow = *audit::parse_stamp("2026-11-24T12:00:00.000Z");

RecordLines log_of(int records) {
  RecordLines log;
  for (int i = 0; i < records; ++i) {
    log.add_promotion("succeeded", i % 10 == 0 ? "live" : "paper", "aaaaaaa",
                      "2026-11-20T12:00:00.000Z");
  }
  return log;
}

std::vector<std::uint64_t> numbers(const HistoryPage& page) {
  std::vector<std::uint64_t> out;
  for (const auto& record : page.records) out.push_back(record.seq);
  return out;
}

HistoryPage page_of(const RecordLines& log, HistoryQuestion question,
                    std::uint64_t most = 500'000) {
  auto page = read_history(log, question, most);
  REQUIRE(page);
  return *std::move(page);
}

}  // namespace

TEST_CASE("the newest records come first, and each page says where the next begins") {
  const auto log = log_of(5);
  const auto first = page_of(log, {.filter = {}, .before = {}, .limit = 2});
  CHECK(numbers(first) == std::vector<std::uint64_t>{4, 3});
  REQUIRE(first.next == 3);
  const auto second = page_of(log, {.filter = {}, .before = first.next, .limit = 2});
  CHECK(numbers(second) == std::vector<std::uint64_t>{2, 1});
  const auto last = page_of(log, {.filter = {}, .before = second.next, .limit = 2});
  CHECK(numbers(last) == std::vector<std::uint64_t>{0});
  CHECK_FALSE(last.next);
}

TEST_CASE("pages of a filter miss nothing and repeat nothing, however far apart the records are") {
  const auto log = log_of(10'000);
  std::vector<std::uint64_t> all;
  std::optional<std::uint64_t> before;
  do {
    const auto page = page_of(log, {.filter = {.stage = "live"}, .before = before, .limit = 37});
    for (const auto seq : numbers(page)) all.push_back(seq);
    before = page.next;
  } while (before);
  REQUIRE(all.size() == 1'000);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == 9'990 - i * 10);
}

TEST_CASE("a page that is exactly full is the last one when there is nothing after it") {
  const auto page = page_of(log_of(2), {.filter = {}, .before = {}, .limit = 2});
  CHECK(page.records.size() == 2);
  CHECK_FALSE(page.next);
}

TEST_CASE("a search ends after so many records, says so, and can be gone on with") {
  auto log = log_of(1);
  for (int i = 0; i < 100; ++i) {
    log.add_promotion("succeeded", "paper", "bbbbbbb", "2026-11-20T12:00:00.000Z");
  }
  const auto cut = page_of(log, {.filter = {.stage = "live"}, .before = {}, .limit = 5}, 60);
  CHECK(cut.records.empty());
  CHECK_FALSE(cut.searched_all);
  REQUIRE(cut.next == 41);
  const auto rest = page_of(log, {.filter = {.stage = "live"}, .before = cut.next, .limit = 5}, 60);
  CHECK(numbers(rest) == std::vector<std::uint64_t>{0});
  CHECK(rest.searched_all);
}

TEST_CASE("a page of long records ends early, and the next goes on where it ended") {
  RecordLines log;
  const std::string notes = R"({"notes": ")" + std::string(16'000, 'n') + R"("})";
  for (int i = 0; i < 200; ++i) {
    log.add_promotion("succeeded", "live", "aaaaaaa", "2026-11-20T12:00:00.000Z", notes);
  }
  std::optional<std::uint64_t> before;
  std::uint64_t expected = log.size();
  int pages = 0;
  do {
    const auto page = page_of(log, {.filter = {}, .before = before, .limit = kMostRecords});
    std::size_t bytes = 0;
    for (const auto& record : page.records) {
      REQUIRE(record.seq == --expected);
      bytes += record.json.dump().size();
    }
    REQUIRE_FALSE(page.records.empty());
    CHECK(bytes <= std::size_t{1} << 20);
    CHECK(page.searched_all);
    before = page.next;
    ++pages;
  } while (before);
  CHECK(expected == 0);
  CHECK(pages == 4);
}

TEST_CASE("a log without records has a page without any") {
  const auto page = page_of(RecordLines(), {});
  CHECK(page.records.empty());
  CHECK(page.searched_all);
}

TEST_CASE("a form's empty fields ask for nothing") {
  const auto question = parse_history(
      {{"stage", ""}, {"operator", ""}, {"since", ""}, {"break_glass", ""}, {"limit", ""}}, kNow);
  REQUIRE(question);
  CHECK(question->filter.stage.empty());
  CHECK_FALSE(question->filter.break_glass);
  CHECK(question->limit == 50);
}

TEST_CASE("all faults of a question are told at once") {
  const auto question = parse_history(
      {{"since", "yesterday-ish"}, {"limit", "0"}, {"before", "-1"}, {"stgae", "live"}}, kNow);
  REQUIRE_FALSE(question);
  for (const auto* part : {"since", "limit", "before", "stgae"}) {
    CHECK_THAT(question.error().message, ContainsSubstring(part));
  }
}

TEST_CASE("a filter becomes a query again, without the page that was shown") {
  CHECK(show_query({{"stage", "a&b"}, {"before", "7"}, {"tag", ""}, {"since", "7d"}}) ==
        "stage=a%26b&since=7d");
}
