#include "plugins/audit-writer/query/when.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const audit::Stamp kNow = audit::parse_stamp("2026-11-24T12:00:00.000Z").value();

std::string at(std::string_view text) {
  return audit::show(parse_when(text, kNow).value());
}

}  // namespace

TEST_CASE("a time is an instant, a day, or how long ago") {
  CHECK(at("2026-11-20T06:30:00.250Z") == "2026-11-20T06:30:00.250Z");
  CHECK(at("2026-11-20T06:30:00-05:00") == "2026-11-20T11:30:00.000Z");
  CHECK(at("2026-11-20") == "2026-11-20T00:00:00.000Z");
  CHECK(at("7d") == "2026-11-17T12:00:00.000Z");
  CHECK(at("90m") == "2026-11-24T10:30:00.000Z");
}

TEST_CASE("what is no time says how to write one") {
  for (const char* text : {"", "yesterday", "live", "2026-13-01"}) {
    CHECK_FALSE(is_when(text));
  }
  CHECK_THAT(parse_when("live", kNow).error().message, ContainsSubstring("2026-11-24T12:00:00Z"));
}
