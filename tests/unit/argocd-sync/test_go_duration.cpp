#include <chrono>
#include <string>

#include "plugins/argocd-sync/windows/go_duration.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using stagegate::argocd::parse_go_duration;
using stagegate::argocd::show_go_duration;

TEST_CASE("a duration is read as Go reads it") {
  CHECK(parse_go_duration("6h30m").value() == 6h + 30min);
  CHECK(parse_go_duration("30m6h").value() == 6h + 30min);
  CHECK(parse_go_duration("1h1h").value() == 2h);
  CHECK(parse_go_duration("1.5h").value() == 90min);
  CHECK(parse_go_duration(".5h").value() == 30min);
  CHECK(parse_go_duration("1.h").value() == 1h);
  CHECK(parse_go_duration("-1m").value() == -1min);
  CHECK(parse_go_duration("+1m").value() == 1min);
  CHECK(parse_go_duration("0").value() == 0s);
  CHECK(parse_go_duration("1500ms").value() == 1500ms);
  CHECK(parse_go_duration("1us2ns").value() == 1002ns);
  CHECK(parse_go_duration("1\u00b5s").value() == 1us);
  CHECK(parse_go_duration("1\u03bcs").value() == 1us);
  CHECK(parse_go_duration("8760h").value() == 8760h);
  CHECK(parse_go_duration("1.1h").value() == 66min);
  CHECK(parse_go_duration("1.9ns").value() == 1ns);
  CHECK(parse_go_duration("0.99999999999999999999999s").value() == 1s);
  CHECK(parse_go_duration("2562047h").value() == 2562047h);
}

TEST_CASE("a duration that Go does not know is refused") {
  for (const std::string text : {"",
                                 "-",
                                 "30",
                                 "2d",
                                 "1w",
                                 "h",
                                 ".h",
                                 "1..5h",
                                 "1h30",
                                 "1 h",
                                 "1H",
                                 "--1h",
                                 "1h-30m",
                                 "9999999h",
                                 "2562048h",
                                 "99999999999999999999h",
                                 "2562047h2562047h",
                                 ".",
                                 "1..h",
                                 "00"}) {
    INFO(text);
    CHECK_FALSE(parse_go_duration(text));
  }
  CHECK_THAT(parse_go_duration("2d").error().message, ContainsSubstring("h, m, s"));
  CHECK_FALSE(parse_go_duration(std::string(200, '0') + "1h"));
}

TEST_CASE("a duration is written as Go writes it") {
  CHECK(show_go_duration(6h + 30min) == "6h30m");
  CHECK(show_go_duration(24h) == "24h");
  CHECK(show_go_duration(90s) == "1m30s");
  CHECK(show_go_duration(1h + 1s) == "1h1s");
  CHECK(show_go_duration(0s) == "0s");
}
