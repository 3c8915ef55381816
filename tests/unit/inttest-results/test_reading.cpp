#include <fstream>
#include <string>

#include <malloc.h>

#include "tests/catch.hpp"
#include "tests/directory.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate;
using namespace stagegate::inttest;

namespace {

// A file that is made while it is read: `head`, `one` so many times, `tail` with one test more.
class LongFile {
 public:
  LongFile(std::string head, const std::string& one, std::uint64_t bytes, std::string tail)
      : head_(std::move(head)), tail_(std::move(tail)) {
    while (middle_.size() < 60'000) middle_ += one;
    pieces_ = bytes / middle_.size() + 1;
    per_piece_ = middle_.size() / one.size();
  }

  std::uint64_t tests() const { return pieces_ * per_piece_ + 1; }
  Result<std::string_view> next() {
    const std::uint64_t at = at_++;
    if (at == 0) return head_;
    if (at <= pieces_) return middle_;
    return at == pieces_ + 1 ? tail_ : std::string_view();
  }

 private:
  std::string head_;
  std::string middle_;
  std::string tail_;
  std::uint64_t pieces_ = 0;
  std::uint64_t per_piece_ = 0;
  std::uint64_t at_ = 0;
};

std::size_t allocated() {
  return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
}

// The most that was allocated at the end of any piece, beyond what was before.
std::size_t growth(LongFile file) {
  const std::size_t before = allocated();
  std::size_t most = before;
  std::uint64_t counted = 0;
  const auto reading = read_results(
      [&] {
        most = std::max(most, allocated());
        return file.next();
      },
      [&](const TestCase&) -> Result<> {
        ++counted;
        return {};
      });
  REQUIRE(reading.has_value());
  CHECK(counted == file.tests());
  return most - before;
}

LongFile long_json(std::uint64_t bytes) {
  return {R"({"exitcode":0,"collectors":[],"tests":[)",
          R"({"nodeid":"a.py::test_a","outcome":"passed","call":{"duration":0.1,)"
          R"("outcome":"passed"},"keywords":["a","b"],"teardown":{"outcome":"passed"}},)",
          bytes, R"({"nodeid":"b","outcome":"passed"}]})"};
}
LongFile long_junit(std::uint64_t bytes) {
  return {"<testsuite name='a' tests='7'>",
          "<testcase classname='com.acme.A' name='works' time='0.1'><system-out>many words, many "
          "words</system-out></testcase>\n",
          bytes, "<testcase name='b'/></testsuite>"};
}

}  // namespace

TEST_CASE("a file of no form is refused, and what it begins with is shown") {
  CHECK(refusal("") == "the file is empty");
  CHECK(refusal(" \r\n\t ") == "the file is empty");
  CHECK(refusal("\xEF\xBB\xBF") == "the file is empty");
  CHECK_THAT(refusal("hello, world"), ContainsSubstring("begins with \"hello, world\""));
  CHECK_THAT(refusal("[{\"name\":\"a\"}]"), ContainsSubstring("of no known form"));
  CHECK_THAT(refusal("\x7F"
                     "ELF"),
             ContainsSubstring("of no known form"));
  CHECK_THAT(refusal(std::string("\xFF\xFE<\0t\0", 6)), ContainsSubstring("UTF-16"));
  CHECK_THAT(refusal("TA"), ContainsSubstring("of no known form"));
  CHECK_THAT(refusal(std::string(10'000, ' ') + "{}"), ContainsSubstring("blanks"));
  CHECK(told("hello, world, how are you?", 1) == told("hello, world, how are you?"));
}

TEST_CASE("a byte order mark and blanks before a file change nothing") {
  for (const std::string before : {"\xEF\xBB\xBF", "\n\n", "\xEF\xBB\xBF \n"}) {
    for (const std::string file : {"{\"total\":0}", "<testsuite/>", "1..1\nok 1\n"}) {
      if (file.starts_with("1") && before.ends_with(" \n")) continue;
      const Told read = told(before + file);
      INFO(before << file);
      CHECK(read.failure.empty());
      CHECK(told(before + file, 1) == read);
    }
  }
}

TEST_CASE("a file that ends too early is called cut short") {
  for (const auto* file : {R"({"total":3,"tests":[)", R"({"total":3)",
                           "<testsuite><testcase name='a'>", "1..2\nok 1\n"}) {
    CHECK_THAT(refusal(file), ContainsSubstring("the file is cut short"));
  }
}

TEST_CASE("what is told about a test can end the reading, whatever the form") {
  for (const auto* file : {R"({"tests":[{"name":"a","status":"ok"}]})", "1..1\nok 1\n",
                           "<testsuite><testcase name='a'/></testsuite>"}) {
    const auto reading =
        read_results(file, [](const TestCase&) -> Result<> { return unknown("disk full"); });
    REQUIRE_FALSE(reading.has_value());
    CHECK(reading.error().kind == Failure::Kind::unknown);
    CHECK(reading.error().message == "disk full");
  }
}

TEST_CASE("every form has a name") {
  for (const Form form : {Form::own, Form::pytest_json, Form::ctrf, Form::junit, Form::tap}) {
    CHECK_FALSE(form_name(form).empty());
  }
}

TEST_CASE("a results file is read from the disk") {
  const tests::Directory directory;
  const auto path = directory / "results.json";
  const OnTest ignore = [](const TestCase&) -> Result<> { return {}; };
  CHECK(read_results_file(path, ignore).error().kind == Failure::Kind::unknown);
  CHECK(read_results_file(directory.path(), ignore).error().kind == Failure::Kind::unknown);
  std::ofstream(path) << R"({"total":)" << std::string(200'000, ' ') << R"(3})";
  CHECK(read_results_file(path, ignore)->declared.total == 3);
  std::filesystem::resize_file(path, 100'000);
  CHECK(read_results_file(path, ignore).error().kind == Failure::Kind::usage);
}

// The sanitizers have an allocator of their own, which mallinfo2 knows nothing about: there the
// tests check the counts only.
TEST_CASE("a file of many tests takes no more memory than one of few") {
  CHECK(growth(long_json(3u << 20)) < (1u << 20));
  CHECK(growth(long_junit(3u << 20)) < (1u << 20));
}

TEST_CASE("a file of 200 MB takes no more memory than a small one", "[.long]") {
  CHECK(growth(long_json(200u << 20)) < (1u << 20));
  CHECK(growth(long_junit(200u << 20)) < (1u << 20));
}
