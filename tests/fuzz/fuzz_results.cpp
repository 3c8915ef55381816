// A results file that comes in pieces is the file that came at once; a cut one is refused, or
// nothing is missing; whatever is told about a test is short, valid UTF-8, and has a name.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/reading.hpp"

namespace {

using namespace stagegate::inttest;

struct Told {
  std::optional<Reading> reading;
  std::vector<TestCase> tests;
};

void check_text(std::string_view text) {
  if (text.size() > kLongestText) std::abort();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = stagegate::text::utf8_sequence(text, at);
    if (length == 0) std::abort();
    at += length;
  }
}

Told told(std::string_view file, std::size_t piece) {
  Told told;
  const Pieces pieces = [&]() -> stagegate::Result<std::string_view> {
    const auto next = file.substr(0, piece);
    file.remove_prefix(next.size());
    return next;
  };
  const auto reading = read_results(pieces, [&](TestCase test) -> stagegate::Result<> {
    if (test.name.empty()) std::abort();
    if (test.flaky && test.status != TestCase::Status::passed) std::abort();
    check_text(test.suite);
    check_text(test.name);
    check_text(test.message);
    told.tests.push_back(std::move(test));
    return {};
  });
  if (!reading) return told;
  told.reading = *reading;
  if (reading->listed != told.tests.size() || reading->outside > reading->listed) std::abort();
  return told;
}

bool same_ends(const Told& left, const Told& right) {
  return std::equal(left.tests.begin(), left.tests.end(), right.tests.begin(), right.tests.end(),
                    [](const TestCase& a, const TestCase& b) {
                      return a.name == b.name && a.status == b.status;
                    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  std::size_t any = size;
  for (const char c : file) any = any * 31 + static_cast<unsigned char>(c);

  const Told whole = told(file, size + 1);
  const Told pieces = told(file, 1 + any % 5);
  if (whole.reading != pieces.reading) std::abort();
  if (whole.reading && whole.tests != pieces.tests) std::abort();

  const Told cut = told(file.substr(0, any % (size + 1)), size + 1);
  if (whole.reading && cut.reading && !same_ends(whole, cut)) std::abort();
  return 0;
}
