// The time that a report is about.
#include "plugins/audit-writer/report/period.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const audit::Stamp kNow = *audit::parse_stamp("2026-11-24T12:00:00.000Z");

std::string span_of(const std::string& text) {
  const auto period = parse_period(text, kNow);
  REQUIRE(period);
  return audit::show(period->from) + " " + audit::show(period->until);
}

}  // namespace

TEST_CASE("a period is a year, a quarter, a month or a day, in UTC") {
  CHECK(span_of("2026") == "2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z");
  CHECK(span_of("2026-Q3") == "2026-07-01T00:00:00.000Z 2026-10-01T00:00:00.000Z");
  CHECK(span_of("2026-Q4") == "2026-10-01T00:00:00.000Z 2027-01-01T00:00:00.000Z");
  CHECK(span_of("2026-02") == "2026-02-01T00:00:00.000Z 2026-03-01T00:00:00.000Z");
  CHECK(span_of("2024-02-29") == "2024-02-29T00:00:00.000Z 2024-03-01T00:00:00.000Z");
}

TEST_CASE("a period lies between two points, or reaches back from now") {
  CHECK(span_of("2026-07-01/2026-08-15") == "2026-07-01T00:00:00.000Z 2026-08-15T00:00:00.000Z");
  CHECK(span_of("2d") == "2026-11-22T12:00:00.000Z 2026-11-24T12:00:00.000Z");
}

TEST_CASE("without a word the period is this quarter") {
  CHECK(parse_period("", kNow)->name == "2026-Q4");
  CHECK(parse_period("", *audit::parse_stamp("2026-03-31T23:59:59.999Z"))->name == "2026-Q1");
}

TEST_CASE("what is no period is refused with examples") {
  for (const auto* wrong : {"2026-Q5", "2026-13", "Q3", "2026-Q", "2026-02-30", "26", "20261",
                            "2026-08-15/2026-07-01", "2026-07-01/2026-07-01", "0s", "-5d"}) {
    INFO(wrong);
    const auto period = parse_period(wrong, kNow);
    REQUIRE_FALSE(period);
    CHECK(period.error().kind == Failure::Kind::usage);
    CHECK_THAT(period.error().message, ContainsSubstring(wrong));
  }
}
