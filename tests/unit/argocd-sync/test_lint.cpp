#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/windows_of.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

using Windows = std::vector<Window>;
using Severity = LintFinding::Severity;

constexpr std::string_view kNow = "2026-11-29T14:00:00Z";  // the Sunday after Thanksgiving

Window session() {
  auto window = deny("30 9 * * 1-5", "6h30m", "America/New_York", true);
  window.applications = {"stonks-paper", "stonks-live"};
  return window;
}

LintReport linted(const Windows& windows,
                  const market_hours::Calendar& by = market_hours::builtin_of("xnys"),
                  const std::vector<Target>& applications = {{"stonks-live", "stonks", "", ""}}) {
  return lint_windows(windows, applications, by, at(kNow)).value();
}

std::string told(const LintReport& report) {
  std::string told;
  for (const auto& finding : report.findings) {
    told += text::cat(word(finding.severity), ": ", finding.words, "\n");
  }
  return told;
}

std::string told(const Windows& windows, const std::string& id = "xnys") {
  return told(linted(windows, market_hours::builtin_of(id)));
}

}  // namespace

TEST_CASE("windows of the regular session fit, but for holidays and early closes") {
  const auto report = linted({session()});
  CHECK_FALSE(report.fails());
  CHECK(report.from == at("2026-11-29T05:00:00Z"));
  CHECK(report.to == at("2027-02-27T05:00:00Z"));
  const std::string what =
      "warning: stonks-live: auto-sync is blocked although xnys does not (by hand it passes): ";
  CHECK(told(report) ==
        what + "Thu 2026-12-24 13:00-16:00 America/New_York (Christmas Eve)\n" +  //
            what + "Fri 2026-12-25 09:30-16:00 America/New_York (Christmas Day)\n" + what +
            "Fri 2027-01-01 09:30-16:00 America/New_York (New Year's Day)\n" + what +
            "Mon 2027-01-18 09:30-16:00 America/New_York (Martin Luther King Jr. Day)\n" + what +
            "Mon 2027-02-15 09:30-16:00 America/New_York (Washington's Birthday)\n");
  CHECK(report.findings[1].from == at("2026-12-25T14:30:00Z"));
  CHECK(report.findings[1].to == at("2026-12-25T21:00:00Z"));
  // The literal rule has neither.
  CHECK(told({session()}, "us-equity-hours").empty());
}

TEST_CASE("an open market without a window fails") {
  const auto report = linted({});
  CHECK(report.fails());
  CHECK(told(report) ==
        "error: stonks-live: auto-sync is let through although the market is open, xnys (no window "
        "holds for this application): 09:30-16:00 America/New_York, 60 times from Mon 2026-11-30 "
        "to Fri 2027-02-26\n"
        "error: stonks-live: auto-sync is let through although the market is open, xnys (no window "
        "holds for this application): Thu 2026-12-24 09:30-13:00 America/New_York (Christmas "
        "Eve)\n");
  CHECK(report.findings[0].times == 60);
  CHECK(report.findings[0].from == at("2026-11-30T14:30:00Z"));
  CHECK(report.findings[0].to == at("2027-02-26T21:00:00Z"));
}

TEST_CASE("a window that is shorter than the session leaves the rest open, and is told so") {
  auto window = session();
  window.duration = "5h30m";
  const auto words = told({window});
  CHECK_THAT(words, ContainsSubstring("error: stonks-live: auto-sync is let through although the "
                                      "market is open, xnys: 15:00-16:00 America/New_York, 60"));
  CHECK_THAT(words, ContainsSubstring("warning: deny window \"30 9 * * 1-5\" for 5h30m "
                                      "(America/New_York) ends before the session that it begins "
                                      "with; its duration would have to be 6h30m"));
}

TEST_CASE("a window that begins in the middle of a session is not taken for one of its length") {
  auto window = session();
  window.schedule = "0 10 * * 1-5";
  window.duration = "2h";
  CHECK_THAT(told({session(), window}), !ContainsSubstring("would have to be"));
}

TEST_CASE("a window without a zone, with an unknown and with another one") {
  auto window = session();
  window.time_zone = "";
  auto words = told({window});
  CHECK_THAT(words, ContainsSubstring("has no timeZone and counts in UTC; xnys is in America/New"));
  CHECK_THAT(words, ContainsSubstring("market is open, xnys: 11:00-16:00 America/New_York, 60"));
  CHECK_THAT(words, ContainsSubstring("auto-sync is blocked although xnys does not (by hand it "
                                      "passes): 04:30-09:30 America/New_York, 60"));

  window.time_zone = "America/NewYork";
  words = told({window});
  CHECK_THAT(words, ContainsSubstring("error: deny window"));
  CHECK_THAT(words, ContainsSubstring("did you mean America/New_York"));

  window.time_zone = "Europe/London";
  CHECK_THAT(told({window}), ContainsSubstring("hint: deny window \"30 9 * * 1-5\" for 6h30m "
                                               "(Europe/London) counts by another clock"));
  window.time_zone = "US/Eastern";  // the same clock
  CHECK_THAT(told({window}), !ContainsSubstring("clock"));
  window.time_zone = "America/Bogota";  // the same until March
  CHECK_THAT(told({window}), !ContainsSubstring("clock"));
  CHECK_THAT(
      told(lint_windows({window}, {}, market_hours::builtin_of("xnys"), at(kNow), date::days{120})
               .value()),
      ContainsSubstring("clock"));
}

TEST_CASE("deny windows that no override of the gate gets through are pointed out") {
  auto window = session();
  window.manual_sync = false;
  const auto report = linted({window});
  CHECK_FALSE(report.fails());
  CHECK_THAT(told(report), ContainsSubstring("hint: deny window \"30 9 * * 1-5\" for 6h30m "
                                             "(America/New_York) has no manualSync"));
  CHECK_THAT(told(report), ContainsSubstring("every sync is blocked although xnys does not: Fri "
                                             "2026-12-25"));
  CHECK_THAT(told(report), !ContainsSubstring("by hand it passes"));
  CHECK_THAT(told({session()}), !ContainsSubstring("no manualSync"));
  // One that never meets the market needs none.
  auto night = deny("0 1 * * *", "1h", "America/New_York");
  night.applications = {"*"};
  CHECK_THAT(told({session(), night}), !ContainsSubstring("no manualSync"));
}

TEST_CASE("what is wrong with a single window is told") {
  auto window = session();
  window.schedule = "30 9 * * 1-7";
  auto report = linted({window});
  CHECK(report.fails());
  CHECK_THAT(told(report), ContainsSubstring("makes Argo CD refuse every sync"));
  CHECK(report.findings.size() == 1);  // nothing more can be said about the application

  window = session();
  window.applications = {"stonks-beta"};
  CHECK_THAT(told({session(), window}),
             ContainsSubstring("warning: deny window \"30 9 * * 1-5\" for 6h30m (America/New_York)"
                               " holds for none of the applications"));
  window.applications = {"stonks-live", "[a-zA-Z]*"};
  CHECK(linted({window}).fails());
  CHECK_THAT(told({window}), ContainsSubstring("holds for less than it names"));

  window = session();
  window.kind = Window::Kind::other;
  CHECK_THAT(told({window}), ContainsSubstring("neither allow nor deny"));
  window = session();
  window.schedule = "0 0 31 9 *";
  CHECK_THAT(told({window}), ContainsSubstring("never begins"));
  window.schedule = "0 0 4 7 *";
  CHECK_THAT(told({window}), ContainsSubstring("hint: deny window \"0 0 4 7 *\" for 6h30m "
                                               "(America/New_York) is not active once"));
}

TEST_CASE("an allow window for the night protects the session, and blocks the weekend") {
  auto window = allow("0 16 * * 1-5", "17h30m", "America/New_York", true);
  window.applications = {"stonks-*"};
  const auto words = told({window});
  CHECK_THAT(words, !ContainsSubstring("error"));
  CHECK_THAT(words, ContainsSubstring("auto-sync is blocked although xnys does not (by hand it "
                                      "passes): Sat 09:30 to Mon 09:30 America/New_York"));
  // Allowing past the open is noticed.
  window.duration = "17h45m";
  CHECK_THAT(told({window}), ContainsSubstring("error: stonks-live: auto-sync is let through "
                                               "although the market is open, xnys: 09:30-09:45"));
}

TEST_CASE("each application is looked at with the windows that hold for it") {
  const auto report = linted({session()}, market_hours::builtin_of("xnys"),
                             {{"stonks-live", "", "", ""}, {"stonks-beta", "", "", ""}});
  CHECK(report.fails());
  for (const auto& finding : report.findings) {
    if (finding.severity == Severity::error) {
      CHECK_THAT(finding.words, ContainsSubstring("stonks-beta: "));
    }
  }
}

TEST_CASE("pads and freezes of the calendar count, too") {
  market_hours::Adjustments adjustments;
  adjustments.pad_before = std::chrono::minutes{15};
  adjustments.freezes =
      text::parse_yaml("- { name: year end, from: 2026-12-21T00:00, to: 2026-12-22T00:00 }")
          .value();
  const auto report = linted({session()}, market_hours::builtin_of("xnys", adjustments));
  CHECK(report.fails());
  CHECK_THAT(told(report),
             ContainsSubstring("warning: stonks-live: auto-sync is let through "
                               "although xnys blocks the time before the core session: "));
  CHECK_THAT(told(report), ContainsSubstring("09:15-09:30 America/New_York, 60 times"));
  CHECK_THAT(told(report),
             ContainsSubstring("error: stonks-live: auto-sync is let through although "
                               "xnys blocks for the freeze year end"));
}

TEST_CASE("what an open market has been told of is not told once more as part of a freeze") {
  market_hours::Adjustments adjustments;
  adjustments.freezes =
      text::parse_yaml("- { name: year end, from: 2026-12-21T00:00, to: 2026-12-22T00:00 }")
          .value();
  const auto words = told(linted({}, market_hours::builtin_of("xnys", adjustments)));
  CHECK_THAT(words, ContainsSubstring("year end (no window holds for this application): Mon "
                                      "2026-12-21 00:00-09:30 America/New_York"));
}

TEST_CASE("a session with a lunch break, in a zone without daylight saving time") {
  auto morning = deny("0 9 * * 1-5", "2h30m", "Asia/Tokyo", true);
  auto afternoon = deny("30 12 * * 1-5", "3h", "Asia/Tokyo", true);
  morning.applications = afternoon.applications = {"*"};
  CHECK_FALSE(linted({morning, afternoon}, market_hours::builtin_of("xtks")).fails());
  afternoon.duration = "2h30m";  // as it was until November 2024
  CHECK_THAT(told({morning, afternoon}, "xtks"),
             ContainsSubstring("market is open, xtks: 15:00-15:30 Asia/Tokyo"));
}

TEST_CASE("a year with both changes of the clocks fits") {
  const auto report =
      lint_windows({session()}, {{"stonks-live", "", "", ""}},
                   market_hours::builtin_of("us-equity-hours"), at(kNow), date::days{365});
  CHECK(report.value().findings.empty());
}

TEST_CASE("what the calendar does not know is not guessed") {
  const auto late =
      lint_windows({session()}, {}, market_hours::builtin_of("xnys"), at("2041-02-01T00:00:00Z"));
  REQUIRE_FALSE(late);
  CHECK_THAT(late.error().message, ContainsSubstring("ends on 2040-12-31"));
  const auto last =
      lint_windows({session()}, {}, market_hours::builtin_of("xnys"), at("2040-12-20T00:00:00Z"))
          .value();
  CHECK(last.to <= at("2041-01-01T05:00:00Z"));
  CHECK(last.to > at("2040-12-31T00:00:00Z"));
}

TEST_CASE("a window that drifts at every hour does not flood the reader") {
  Windows windows;
  for (int minute = 0; minute < 60; ++minute) {
    windows.push_back(deny(text::cat(minute, " */2 * * *"), "30s", "America/New_York", true));
    windows.back().applications = {"*"};
  }
  const auto report = linted(windows);
  CHECK(report.findings.size() == 201);
  CHECK_THAT(report.findings.back().words, ContainsSubstring("more"));
  CHECK(report.fails());
}

TEST_CASE("windows that nobody can mean, and ranges that nobody needs, take no memory") {
  Windows windows;
  for (int i = 0; i < 3; ++i) {
    windows.push_back(deny("* * * * *", "1s"));
    windows.back().applications = {"*"};
  }
  CHECK_THAT(told(linted(windows)), ContainsSubstring("make them fewer or longer"));
  const auto& xnys = market_hours::builtin_of("xnys");
  CHECK_FALSE(lint_windows({}, {}, xnys, at(kNow), date::days{0}));
  CHECK_FALSE(lint_windows({}, {}, xnys, at(kNow), date::days{801}));
}

TEST_CASE("programs read the same findings") {
  const auto json = to_json(linted({session()}));
  REQUIRE(json.find("findings")->array()->size() == 5);
  const auto& first = json.find("findings")->array()->front();
  CHECK(first.text("severity") == "warning");
  CHECK(first.text("from") == "2026-12-24T18:00:00Z");
  CHECK(first.find("times")->integer() == 1);
  CHECK(json.text("from") == "2026-11-29T05:00:00Z");
  CHECK_FALSE(*json.find("fails")->boolean());
}
