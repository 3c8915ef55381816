// The built-in calendars against what the exchanges did and have announced, every day of it.
#include <fstream>
#include <map>

#include "common/text/text.hpp"
#include "tests/data.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

std::vector<Session> expected_sessions(const std::vector<std::string_view>& fields) {
  if (fields[1] != "1") return {};
  const auto open = instant_of(fields[2]);
  const auto close = instant_of(fields[3]);
  const bool lunch = fields.size() > 5 && !fields[4].empty();
  if (!lunch) return {{open, close}};
  return {{open, instant_of(fields[4])}, {instant_of(fields[5]), close}};
}

// date -> "session" or "closed", where the truth file is known to be wrong.
std::map<std::string, std::string> known_errors(const std::string& id) {
  std::map<std::string, std::string> corrections;
  const auto path = tests::data_file("calendar/" + id + "-known-errors.csv");
  if (!path) return corrections;
  std::ifstream file(*path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto fields = text::split(line, ',');
    corrections[std::string(fields[0])] = std::string(fields[2]);
  }
  return corrections;
}

void check_boundaries(const Calendar& calendar, const std::vector<Session>& sessions) {
  const time::seconds second{1};
  for (const Session& session : sessions) {
    REQUIRE_FALSE(blocked_at(calendar, session.open - second));
    REQUIRE(blocked_at(calendar, session.open));
    REQUIRE(blocked_at(calendar, session.close - second));
    REQUIRE_FALSE(blocked_at(calendar, session.close));
  }
}

}  // namespace

TEST_CASE("a built-in calendar equals the exchange's record on every day and at every boundary") {
  const std::string id =
      GENERATE(as<std::string>{}, "xnys", "xlon", "xetr", "xpar", "xtse", "xtks", "xasx", "xhkg");
  const auto path = tests::data_file("calendar/" + id + "-truth.csv");
  if (!path) return;
  const auto corrections = id == "xhkg" ? known_errors(id) : std::map<std::string, std::string>{};
  const Calendar calendar = builtin_of(id);
  std::ifstream file(*path);
  std::string line;
  std::getline(file, line);
  int days = 0;
  while (std::getline(file, line)) {
    const auto fields = text::split(text::trim(line), ',');
    INFO(id << " " << fields[0]);
    const Day day = day_of(calendar, fields[0]);
    const auto corrected = corrections.find(std::string(fields[0]));
    if (corrected == corrections.end()) {
      REQUIRE(day.sessions == expected_sessions(fields));
      check_boundaries(calendar, day.sessions);
    } else {
      REQUIRE(day.sessions.empty() == (corrected->second == "closed"));
    }
    ++days;
  }
  CHECK(days > 5800);
}

TEST_CASE("Hong Kong's lunar dates of 2034 are not a month early") {
  for (const auto& [date, state] : known_errors("xhkg")) {
    INFO(date << " is believed " << state);
    CHECK(day_of(builtin_of("xhkg"), date).sessions.empty() == (state == "closed"));
  }
}
