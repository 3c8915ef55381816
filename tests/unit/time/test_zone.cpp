#include <algorithm>
#include <fstream>

#include "common/text/text.hpp"
#include "common/time/zone.hpp"
#include "tests/catch.hpp"
#include "tests/data.hpp"

using namespace stagegate;
using time::LocalInstants;
using time::Zone;

namespace {

const Zone& zone(std::string_view name) {
  const auto found = Zone::find(name);
  REQUIRE(found);
  return **found;
}
time::Instant at(std::string_view text) {
  return *time::parse_instant(text);
}
std::string first(const LocalInstants& readings) {
  return time::rfc3339(readings.first);
}
std::string last(const LocalInstants& readings) {
  return time::rfc3339(readings.last);
}

}  // namespace

TEST_CASE("New York changes its clocks when the measured transitions say so") {
  const auto path = tests::data_file("calendar/ny-dst-transitions.csv");
  if (!path) return;
  const Zone& new_york = zone("America/New_York");
  std::ifstream file(*path);
  std::string line;
  std::getline(file, line);
  std::vector<time::Instant> expected;
  while (std::getline(file, line)) {
    const auto fields = text::split(text::trim(line), ',');
    const auto instant = at(fields[0]);
    expected.push_back(instant);
    CHECK(new_york.at(instant - time::seconds{1}).offset ==
          std::chrono::hours{*text::parse_int(fields[3])});
    CHECK(new_york.at(instant).offset == std::chrono::hours{*text::parse_int(fields[4])});
    CHECK(new_york.to_local(instant) == *time::parse_local(fields[6]));
  }
  CHECK(expected.size() == 102);
  CHECK(new_york.changes(at("1990-01-01T00:00:00Z"), at("2040-12-31T00:00:00Z")) == expected);
}

TEST_CASE("offsets are right, zone by zone, in the past and long after 2037") {
  struct Row {
    const char* zone;
    const char* instant;
    int offset;
    const char* abbrev;
  };
  const Row row = GENERATE(values<Row>({
      {"America/New_York", "1883-11-18T16:59:59Z", -17762, "LMT"},
      {"America/New_York", "2007-03-11T06:59:59Z", -18000, "EST"},
      {"America/New_York", "2007-03-11T07:00:00Z", -14400, "EDT"},
      {"America/New_York", "2038-03-15T12:00:00Z", -14400, "EDT"},
      {"America/New_York", "2099-12-01T12:00:00Z", -18000, "EST"},
      {"Europe/London", "1970-01-01T00:00:00Z", 3600, "BST"},
      {"Europe/Dublin", "2026-01-01T00:00:00Z", 0, "GMT"},
      {"Europe/Dublin", "2060-07-01T00:00:00Z", 3600, "IST"},
      {"Australia/Lord_Howe", "2026-01-01T00:00:00Z", 39600, "+11"},
      {"Australia/Lord_Howe", "2060-07-01T00:00:00Z", 37800, "+1030"},
      {"Australia/Sydney", "2060-01-01T00:00:00Z", 39600, "AEDT"},
      {"America/Sao_Paulo", "2060-01-01T00:00:00Z", -10800, "-03"},
      {"Asia/Kathmandu", "2026-06-01T00:00:00Z", 20700, "+0545"},
      {"Asia/Gaza", "2073-09-02T12:00:00Z", 7200, "EET"},  // lost in slim files
      {"America/Ojinaga", "2022-11-02T12:00:00Z", -21600, "CST"},
      {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000, "-10"},
      {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400, "+14"},
      {"Asia/Tokyo", "2099-07-01T00:00:00Z", 32400, "JST"},
      {"Etc/UTC", "2099-07-01T00:00:00Z", 0, "UTC"},
      {"Pacific/Kiritimati", "2099-07-01T00:00:00Z", 50400, "+14"},
  }));
  INFO(row.zone << " " << row.instant);
  const auto offset = zone(row.zone).at(at(row.instant));
  CHECK(offset.offset.count() == row.offset);
  CHECK(offset.abbrev == row.abbrev);
}

TEST_CASE("a zone whose clocks follow the moon has them from its table, as far as that goes") {
  // Morocco goes back an hour for Ramadan. Palestine's table holds such months to 2086.
  const char* name = GENERATE("Africa/Casablanca", "Africa/El_Aaiun");
  CHECK(zone(name).changes(at("2024-01-01T00:00:00Z"), at("2025-01-01T00:00:00Z")) ==
        std::vector{at("2024-03-10T02:00:00Z"), at("2024-04-14T02:00:00Z")});
  CHECK(zone(name).at(at("2024-03-20T12:00:00Z")).offset == time::seconds{0});
  CHECK(zone(name).at(at("2024-05-20T12:00:00Z")).offset == std::chrono::hours{1});
  const auto of_year = [](const char* from, const char* to) {
    return zone("Asia/Gaza").changes(at(from), at(to)).size();
  };
  CHECK(of_year("2080-01-01T00:00:00Z", "2081-01-01T00:00:00Z") == 4);
  CHECK(of_year("2090-01-01T00:00:00Z", "2091-01-01T00:00:00Z") == 2);
}

TEST_CASE("a local time that is skipped moves to the first instant after the gap") {
  const auto readings =
      zone("America/New_York").to_instants(*time::parse_local("2027-03-14T02:30"));
  CHECK(readings.kind == LocalInstants::Kind::skipped);
  CHECK(first(readings) == "2027-03-14T07:00:00Z");
  CHECK(last(readings) == "2027-03-14T07:00:00Z");
}

TEST_CASE("the edges of a gap belong to the times around it") {
  const Zone& new_york = zone("America/New_York");
  CHECK(first(new_york.to_instants(*time::parse_local("2027-03-14T01:59:59"))) ==
        "2027-03-14T06:59:59Z");
  const auto after = new_york.to_instants(*time::parse_local("2027-03-14T03:00"));
  CHECK(after.kind == LocalInstants::Kind::unique);
  CHECK(first(after) == "2027-03-14T07:00:00Z");
}

TEST_CASE("a local time that is repeated has both its instants") {
  const auto readings =
      zone("America/New_York").to_instants(*time::parse_local("2027-11-07T01:30"));
  CHECK(readings.kind == LocalInstants::Kind::repeated);
  CHECK(first(readings) == "2027-11-07T05:30:00Z");
  CHECK(last(readings) == "2027-11-07T06:30:00Z");
}

TEST_CASE("half an hour is repeated on Lord Howe") {
  const Zone& lord_howe = zone("Australia/Lord_Howe");
  const auto readings = lord_howe.to_instants(*time::parse_local("2060-04-04T01:45"));
  CHECK(readings.kind == LocalInstants::Kind::repeated);
  CHECK(readings.last - readings.first == std::chrono::minutes{30});
}

TEST_CASE("a day that a country has left out begins where the next one does") {
  const auto readings = zone("Pacific/Apia").to_instants(*time::parse_local("2011-12-30T12:00"));
  CHECK(readings.kind == LocalInstants::Kind::skipped);
  CHECK(first(readings) == "2011-12-30T10:00:00Z");
}

TEST_CASE("instant to local time and back is the same instant, or one of two") {
  for (const char* name : {"America/New_York", "Europe/London", "Australia/Sydney", "Asia/Gaza",
                           "America/St_Johns", "Pacific/Chatham"}) {
    const Zone& place = zone(name);
    for (auto instant = at("2026-01-01T00:00:00Z"); instant < at("2028-01-01T00:00:00Z");
         instant += std::chrono::minutes{97}) {
      const auto readings = place.to_instants(place.to_local(instant));
      REQUIRE(readings.kind != LocalInstants::Kind::skipped);
      REQUIRE((readings.first == instant || readings.last == instant));
    }
  }
}

TEST_CASE("an unknown zone is unknown, and the nearest name is offered") {
  const auto found = Zone::find("America/New_Yorl");
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == Failure::Kind::unknown);
  CHECK_THAT(found.error().message, ContainsSubstring("America/New_York"));
}

TEST_CASE("a name that leads elsewhere is no zone") {
  const char* name = GENERATE("", "/etc/localtime", "../../etc/passwd", "America/../../x", "A//B",
                              "America/New York", "America/New_York\n");
  CHECK_FALSE(Zone::find(name));
}

TEST_CASE("a zone that is asked for twice is the same object") {
  CHECK(*Zone::find("Europe/Paris") == *Zone::find("Europe/Paris"));
}

TEST_CASE("the names are sorted, and old names are known") {
  const auto names = Zone::names();
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(Zone::find("US/Eastern"));
  CHECK(Zone::find("UTC"));
}

TEST_CASE("the version of the tz data can be told") {
  const auto version = time::zone_data_version();
  REQUIRE(version.size() >= 5);
  CHECK(version.substr(0, 2) == "20");
}

TEST_CASE("times are shown with the zone's abbreviation") {
  const Zone& new_york = zone("America/New_York");
  CHECK(time::show_time(at("2026-11-27T21:00:00Z"), new_york) == "16:00 EST");
  CHECK(time::show_time(at("2026-07-27T20:00:30Z"), new_york) == "16:00:30 EDT");
  CHECK(time::show_day_and_time(at("2026-11-27T18:00:00Z"), new_york) ==
        "Fri 2026-11-27 13:00 EST");
}
