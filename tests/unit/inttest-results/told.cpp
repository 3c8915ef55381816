#include "tests/unit/inttest-results/told.hpp"

#include <algorithm>
#include <utility>

#include "tests/catch.hpp"

namespace stagegate::inttest {

Told told(std::string_view file, std::size_t piece) {
  Told told;
  const Pieces pieces = [&]() -> Result<std::string_view> {
    const auto next = file.substr(0, piece);
    file.remove_prefix(next.size());
    return next;
  };
  auto reading = read_results(pieces, [&](TestCase test) -> Result<> {
    told.tests.push_back(std::move(test));
    return {};
  });
  if (reading) {
    told.reading = *reading;
    CHECK(reading->listed == told.tests.size());
  } else {
    told.failure = reading.error().message;
    CHECK(reading.error().kind == Failure::Kind::usage);
  }
  return told;
}

std::string refusal(std::string_view file) {
  return told(file).failure;
}

void check_pieces_and_cuts(std::string_view file) {
  const Told whole = told(file);
  REQUIRE(whole.reading.has_value());
  CHECK(told(file, 1) == whole);
  CHECK(told(file, 7) == whole);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Told cut = told(file.substr(0, size));
    if (cut.reading && cut != whole) {
      FAIL_CHECK("cut after " << size << " bytes it is another file: " << file.substr(0, size));
    }
  }
}

}  // namespace stagegate::inttest
