#include "common/html/html.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/report/account.hpp"

namespace stagegate::inttest {
namespace {

using html::escaped;  // what is harmless in a page is in an attribute of XML
using text::cat;

std::string seconds_of(milliseconds length) {
  const auto rest = std::to_string(1'000 + length.count() % 1'000);
  return cat(length.count() / 1'000, '.', rest.substr(1));
}

std::string head(const Account& account, const Counts& counts) {
  return cat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"",
             "integration tests of ", escaped(account.tag), "\" tests=\"", counts.total(),
             "\" failures=\"", counts.failed, "\" errors=\"", counts.errors, "\" skipped=\"",
             counts.skipped, "\" time=\"", seconds_of(account.last().ending.took), "\">\n");
}

constexpr std::string_view kTail = "  </testsuite>\n</testsuites>\n";

std::string inner(std::string_view element, std::string_view message) {
  const auto first = message.substr(0, message.find('\n'));
  return cat("><", element, " message=\"", escaped(first), "\">", escaped(message), "</", element,
             "></testcase>\n");
}

std::string testcase(const TestCase& test) {
  std::string out =
      cat("    <testcase classname=\"", escaped(test.suite), "\" name=\"", escaped(test.name), '"');
  if (test.duration) out += cat(" time=\"", seconds_of(*test.duration), '"');
  switch (test.status) {
    case TestCase::Status::passed:
      return out + "/>\n";
    case TestCase::Status::failed:
      return out + inner("failure", test.message);
    case TestCase::Status::error:
      return out + inner("error", test.message);
    case TestCase::Status::skipped:
      return out + inner("skipped", test.message);
  }
  return out;
}

}  // namespace

Result<> write_junit(const fs::Path& file, const Account& account) {
  auto target = fs::Replacement::open(file);
  if (!target) return forward(target.error());
  const auto finish = [&](std::string_view rest) -> Result<> {
    if (auto written = target->write(rest); !written) return written;
    return target->commit();
  };
  const Results* results = account.results();
  if (results == nullptr || !results->reading.lists_tests) {
    TestCase whole;
    whole.suite = "inttest-runner";
    whole.name = account.tag;
    whole.message = account.words;
    whole.status =
        account.last().verdict.passed() ? TestCase::Status::passed : TestCase::Status::error;
    Counts counts;
    (whole.status == TestCase::Status::passed ? counts.passed : counts.errors) = 1;
    return finish(cat(head(account, counts), testcase(whole), kTail));
  }
  if (auto begun = target->write(head(account, results->counts())); !begun) return begun;
  auto read = read_results_file(
      account.last().results, [&](const TestCase& test) { return target->write(testcase(test)); });
  if (!read) return forward(read.error());
  return finish(kTail);
}

}  // namespace stagegate::inttest
