// The five figures, counted on small logs by hand.
#include "plugins/audit-writer/report/dora.hpp"
#include "tests/unit/audit-writer-report/reading.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;
using std::chrono::hours;

namespace {

DoraFigures figures_of(const RecordLines& log) {
  DoraReader reader({.period = quarter()});
  read(reader, log);
  return reader.figures();
}

std::string at(int day, int hour = 12) {
  const auto two = [](int number) { return std::to_string(100 + number).substr(1); };
  return "2026-11-" + two(day) + "T" + two(hour) + ":00:00.000Z";
}

std::string committed(int day, int hour = 12) {
  return R"({"commit_time": ")" + at(day, hour) + "\"}";
}

}  // namespace

TEST_CASE("deployments to production are counted, rollbacks and other stages are not") {
  RecordLines log;
  log.add_promotion("succeeded", "paper", "aaaaaaa", at(1));
  log.add_promotion("succeeded", "live", "aaaaaaa", at(2));
  log.add_promotion("requested", "live", "bbbbbbb", at(3));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(3));
  log.add_promotion("succeeded", "live", "aaaaaaa", at(4), R"({"rollback": true})");
  CHECK(figures_of(log).deployments == 2);
}

TEST_CASE("only what was recorded in the period counts, and its end is not in it") {
  RecordLines log;
  for (const auto* ts : {"2026-09-30T23:59:59.999Z", "2026-10-01T00:00:00.000Z",
                         "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z"}) {
    log.add_promotion("succeeded", "live", "aaaaaaa", ts);
  }
  CHECK(figures_of(log).deployments == 2);
}

TEST_CASE("a change's lead time begins with the oldest commit that had not been live") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(2), committed(1));
  // Two builds reach paper, only the second one goes on.
  log.add_promotion("succeeded", "paper", "bbbbbbb", at(4), committed(3));
  log.add_promotion("succeeded", "paper", "ccccccc", at(6), committed(5));
  log.add_promotion("succeeded", "live", "ccccccc", at(7), committed(5));
  const auto figures = figures_of(log);
  REQUIRE(figures.lead_times.count() == 2);
  CHECK(figures.lead_times.median() == hours(24 + 96) / 2);
}

TEST_CASE("a commit that has been live does not make the next lead time longer") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(2), committed(1));
  log.add_promotion("verified", "live", "aaaaaaa", at(3), committed(1));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(5), committed(4));
  CHECK(figures_of(log).lead_times.p90() == hours(24));
}

TEST_CASE("a deployment without a commit time is in no lead time, and that is said") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(2));
  const auto figures = figures_of(log);
  CHECK(figures.lead_times.count() == 0);
  CHECK(figures.without_commit_time == 1);
}

TEST_CASE("a failed promotion is recovered from by the next success") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(1));
  log.add_promotion("failed", "live", "bbbbbbb", at(2, 10));
  log.add_promotion("errored", "live", "bbbbbbb", at(2, 11));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(2, 13));
  const auto figures = figures_of(log);
  CHECK(figures.failed == 2);
  CHECK(figures.attempts == 4);
  REQUIRE(figures.recovery_times.count() == 2);
  CHECK(figures.recovery_times.p90() == hours(3));
  CHECK(figures.unrecovered == 0);
}

TEST_CASE("a deployment that was rolled back has failed, from its own time on") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(1));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(2, 10));
  log.add_promotion("succeeded", "live", "aaaaaaa", at(2, 15), R"({"rollback": true})");
  const auto figures = figures_of(log);
  CHECK(figures.failed == 1);
  CHECK(figures.attempts == 2);
  CHECK(figures.recovery_times.median() == hours(5));
  CHECK(figures.reworks == 1);
  CHECK(figures.finished == 3);
}

TEST_CASE("a rollback after a failed promotion does not blame what ran before") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(1));
  log.add_promotion("failed", "live", "bbbbbbb", at(2));
  log.add_promotion("succeeded", "live", "aaaaaaa", at(3), R"({"rollback": true})");
  const auto figures = figures_of(log);
  CHECK(figures.failed == 1);
  CHECK(figures.recovery_times.count() == 1);
}

TEST_CASE("a second rollback undoes the deployment before the one that was undone") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(1));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(2));
  log.add_promotion("succeeded", "live", "ccccccc", at(3));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(4), R"({"rollback": true})");
  log.add_promotion("succeeded", "live", "aaaaaaa", at(5), R"({"rollback": true})");
  CHECK(figures_of(log).failed == 2);
}

TEST_CASE("a fix names what it recovers from") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", at(1, 10));
  log.add_promotion("succeeded", "live", "bbbbbbb", at(1, 16),
                    R"({"fixes": ["01JD0000000000000000000000"]})");
  const auto figures = figures_of(log);
  CHECK(figures.failed == 1);
  CHECK(figures.recovery_times.median() == hours(6));
  CHECK(figures.reworks == 1);
  CHECK(figures.deployments == 2);
}

TEST_CASE("a failure that nothing has succeeded after is unrecovered") {
  RecordLines log;
  log.add_promotion("failed", "live", "bbbbbbb", at(2));
  CHECK(figures_of(log).unrecovered == 1);
  CHECK(figures_of(log).recovery_times.count() == 0);
}

TEST_CASE("the median is the middle, the p90 is exceeded by one in ten at most") {
  Lengths lengths;
  CHECK_FALSE(lengths.median());
  CHECK_FALSE(lengths.p90());
  for (const int hour : {10, 1, 9, 2, 8, 3, 7, 4, 6, 5}) lengths.add(hours(hour));
  CHECK(lengths.median() == std::chrono::minutes(330));
  CHECK(lengths.p90() == hours(9));
  lengths.add(hours(11));
  CHECK(lengths.median() == hours(6));
  CHECK(lengths.p90() == hours(10));
}

TEST_CASE("fewer than five of something are said to be too few") {
  RecordLines log;
  for (int day = 1; day <= 4; ++day) log.add_promotion("succeeded", "live", "aaaaaaa", at(day));
  DoraReader reader({.period = quarter()});
  read(reader, log);
  const auto now = stamp("2027-02-01T00:00:00.000Z");
  CHECK_THAT(show_text(dora_document(reader, "o", now)), ContainsSubstring("n too small"));
  auto json = dora_json(reader, now);
  CHECK(*json.find("deployment_frequency")->find("n_too_small")->boolean());
  CHECK(json.find("change_lead_time")->find("median_seconds")->is_null());
  log.add_promotion("succeeded", "live", "aaaaaaa", at(5));
  DoraReader enough({.period = quarter()});
  read(enough, log);
  json = dora_json(enough, now);
  CHECK_FALSE(*json.find("deployment_frequency")->find("n_too_small")->boolean());
}

TEST_CASE("a period that is not over is as long as it has lasted") {
  RecordLines log;
  for (int i = 0; i < 10; ++i) {
    log.add_promotion("succeeded", "live", "aaaaaaa", "2026-10-02T00:00:00.000Z");
  }
  DoraReader reader({.period = quarter()});
  read(reader, log);
  const auto daily = [&](const std::string& now) {
    return dora_json(reader, stamp(now)).find("deployment_frequency")->find("per_day")->number();
  };
  CHECK(daily("2026-10-06T00:00:00.000Z") == 2);
  CHECK(*daily("2027-06-01T00:00:00.000Z") < 0.11);
}
