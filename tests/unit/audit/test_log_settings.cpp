#include "common/audit/settings.hpp"
#include "common/settings/read.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/logs.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::promotion;
using tests::TestLog;

namespace {

LogSettings settings_of(const TestLog& log) {
  LogSettings settings;
  settings.audit_log = log.layout().directory.native();
  settings.audit_key = settings::Secret(log.key().text());
  return settings;
}

}  // namespace

TEST_CASE("a log is opened by its settings, and appended to") {
  const TestLog log;
  auto opened = open_log(settings_of(log));
  REQUIRE(opened);
  CHECK(opened->append(promotion()).value().seq == 1);
  CHECK(open_view(settings_of(log)).value().size() == 2);
}

TEST_CASE("what is missing to open a log is named") {
  const TestLog log;
  LogSettings settings = settings_of(log);
  SECTION("the directory") {
    settings.audit_log.clear();
    CHECK_THAT(open_log(settings).error().message, ContainsSubstring("audit_log is missing"));
    CHECK_THAT(open_view(settings).error().message, ContainsSubstring("audit_log is missing"));
  }
  SECTION("the key") {
    settings.audit_key = {};
    CHECK_THAT(open_log(settings).error().message, ContainsSubstring("audit_key is missing"));
    CHECK(open_view(settings));
  }
  SECTION("a key that is one") {
    settings.audit_key = settings::Secret("PRIVATE+KEY+swordfish");
    const auto opened = open_log(settings);
    REQUIRE_FALSE(opened);
    CHECK_THAT(opened.error().message, ContainsSubstring("audit_key: "));
    CHECK_THAT(opened.error().message, !ContainsSubstring("swordfish"));
  }
  SECTION("the volume") {
    settings.audit_log += "/elsewhere";
    CHECK_THAT(open_view(settings).error().message, ContainsSubstring("is the volume mounted?"));
  }
}

TEST_CASE("a key that was given is pinned, one that lies beside the log is not") {
  const TestLog log;
  LogSettings settings = settings_of(log);
  CHECK(trusted_key(settings).value().pinned);
  settings.audit_key = {};
  CHECK_FALSE(trusted_key(settings).value().pinned);
  CHECK(trusted_key(settings).value().key == log.vkey());
  settings.audit_vkey = log.vkey().text();
  CHECK(trusted_key(settings).value().pinned);
}

TEST_CASE("a verification key that was given counts, whatever stands beside the log") {
  const TestLog log;
  LogSettings settings = settings_of(log);
  settings.audit_vkey = TestLog().vkey().text();
  const auto view = open_view(settings);
  REQUIRE_FALSE(view);
  CHECK(view.error().kind == Failure::Kind::conflict);
}

TEST_CASE("a record that could not be stored is one line, whatever it holds") {
  CHECK(pending_line(promotion().set("notes", "a\nb\xff")).find('\n') == std::string::npos);
  CHECK(pending_line(Draft().set("type", "gate")) == R"(AUDIT-PENDING {"type":"gate"})");
}

TEST_CASE("the settings of a log are read from flags and variables") {
  LogSettings target;
  settings::Table table("t", "test");
  table.verb({.name = "append"});
  table.verb({.name = "history"});
  declare_log_settings(table, target, {"append"}, {"history"});
  REQUIRE(settings::read(table, {{"append", "--audit-log", "/audit", "--audit-deadline", "5s"},
                                 {{"PLUGIN_AUDIT_KEY", "k"}}}));
  CHECK(target.audit_log == "/audit");
  CHECK(target.audit_key.reveal() == "k");
  CHECK(target.audit_deadline == std::chrono::seconds(5));
}
