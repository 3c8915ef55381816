// Which tokens the service starts with.
#include "plugins/market-hours-check/verbs/verbs.hpp"
#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

step::Outcome started(const std::string& token, const std::string& previous = "") {
  Options options;
  options.calendar = "xnys";
  options.at = "2026-11-24T12:00";
  options.serving.token = settings::Secret(token);
  options.serving.previous_token = settings::Secret(previous);
  options.serving.listen = "no address";  // what comes next, and says that the tokens were taken
  time::ManualClock clock(instant_of("2026-11-24T00:00:00Z"));
  return serve(options, {"serve", "text", clock, -1, false});
}

}  // namespace

TEST_CASE("a token may end with a line break, as files do") {
  for (const char* token : {"token-for-tests", "token-for-tests\n", " token-for-tests\r\n"}) {
    CHECK_THAT(started(token).text, ContainsSubstring("no address"));
    CHECK_THAT(started("token-for-tests", token).text, ContainsSubstring("no address"));
  }
}

TEST_CASE("a token that no header can carry is refused and not shown") {
  for (const char* token :
       {"two words-for-tests", "two\nlines-for-tests", "t\xc3\xb6ken-for-tests", " \n"}) {
    const auto outcome = started(token);
    CHECK(outcome.exit == step::Exit::usage);
    CHECK(outcome.text.starts_with("token: "));
    CHECK_THAT(outcome.text, !ContainsSubstring("for-tests"));
    CHECK(started("token-for-tests", token).text.starts_with("previous_token: "));
  }
}

TEST_CASE("nobody may ask without a token unless that is said openly") {
  const auto outcome = started("");
  CHECK(outcome.exit == step::Exit::usage);
  CHECK_THAT(outcome.text, ContainsSubstring("--allow-anonymous"));
}
