#include <cstdint>

#include "common/text/duration.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST_CASE("durations are read with units, fractions and as bare seconds") {
  const std::vector<std::pair<std::string, milliseconds>> good{
      {"90s", 90s},      {"15m", 15min},        {"1h30m", 90min},
      {"2d", 48h},       {"1.5h", 90min},       {"250ms", 250ms},
      {"30", 30s},       {"1.5", 1500ms},       {"0", 0s},
      {"0s", 0s},        {" 5m ", 5min},        {"1d2h3m4s5ms", 93784005ms},
      {"0.001s", 1ms},   {"1.50s", 1500ms},     {"0.5d", 12h},
      {"1h0.5m", 3630s}, {"3652d", 24h * 3652}, {"0.00000125d", 108ms}};
  for (const auto& [text, value] : good) {
    INFO(text);
    const auto parsed = text::parse_duration(text);
    REQUIRE(parsed);
    CHECK(*parsed == value);
  }
}

TEST_CASE("what is no duration is refused with an example of one") {
  for (const char* text : {"",     " ",       "abc",   "-5s",           "+5s",
                           "5x",   "5S",      "1m1h",  "5s5s",          "1.5h30m",
                           "h",    "1..5s",   ".5s",   "5.s",           "1 h",
                           "1h30", "0.0001s", "1.5ms", "4000d",         "99999999999999999999s",
                           "1e3",  "1,5s",    "10d5",  "0.00000000001d"}) {
    INFO(text);
    const auto parsed = text::parse_duration(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == Failure::Kind::usage);
    CHECK_THAT(parsed.error().message, ContainsSubstring("1h30m"));
  }
}

TEST_CASE("a duration that is shown is read back as itself") {
  CHECK(text::show_duration(0ms) == "0s");
  CHECK(text::show_duration(90s) == "1m30s");
  CHECK(text::show_duration(90min) == "1h30m");
  CHECK(text::show_duration(48h + 1ms) == "2d1ms");
  CHECK(text::show_duration(-90s) == "-1m30s");
  CHECK_FALSE(text::show_duration(milliseconds::min()).empty());
  for (const milliseconds value : {1ms, 999ms, 1000ms, 59'999ms, 3'600'000ms, 86'399'999ms}) {
    CHECK(text::parse_duration(text::show_duration(value)) == value);
  }
}

TEST_CASE("spoken durations are rounded up to two units") {
  CHECK(text::spoken_duration(0s) == "0 s");
  CHECK(text::spoken_duration(-5s) == "0 s");
  CHECK(text::spoken_duration(45s) == "45 s");
  CHECK(text::spoken_duration(60s) == "1 min");
  CHECK(text::spoken_duration(799s) == "13 min 19 s");
  CHECK(text::spoken_duration(2h + 13min) == "2 h 13 min");
  CHECK(text::spoken_duration(2h + 12min + 1s) == "2 h 13 min");
  CHECK(text::spoken_duration(2h) == "2 h");
  CHECK(text::spoken_duration(23h + 59min + 30s) == "1 d");
  CHECK(text::spoken_duration(72h + 3h + 1s) == "3 d 4 h");
  CHECK(text::spoken_duration(59min + 59s) == "59 min 59 s");
}
