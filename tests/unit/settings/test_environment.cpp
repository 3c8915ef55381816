#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;

TEST_CASE("an unknown PLUGIN_ variable is refused with the nearest setting") {
  One<std::string> one({.name = "calendar"});
  CHECK(error_of(one.read({}, {{"PLUGIN_CALENDER", "xnys"}})) ==
        "PLUGIN_CALENDER: there is no such setting: did you mean PLUGIN_CALENDAR?");
  CHECK(error_of(one.read({}, {{"PLUGIN_ZZZ", "1"}})) == "PLUGIN_ZZZ: there is no such setting");
  CHECK(one.read({}, {{"PLUGIN_CALENDAR", "xnys"}, {"CI_COMMIT_SHA", "1"}, {"HOME", "/"}}));
}

TEST_CASE("with strict_settings off an unknown variable is a warning") {
  One<std::string> one;
  const auto read = one.read({}, {{"PLUGIN_Y", "1"}, {"PLUGIN_STRICT_SETTINGS", "false"}});
  REQUIRE(read);
  REQUIRE(read->warnings.size() == 1);
  CHECK_THAT(read->warnings[0], ContainsSubstring("PLUGIN_Y"));
}

TEST_CASE("the variables that Kubernetes makes of a service are no settings") {
  for (const char* name :
       {"PLUGIN_A_SERVICE_HOST", "PLUGIN_A_SERVICE_PORT", "PLUGIN_A_SERVICE_PORT_HTTP",
        "PLUGIN_A_PORT_80_TCP", "PLUGIN_A_PORT_80_TCP_PROTO", "PLUGIN_A_PORT_80_TCP_PORT",
        "PLUGIN_A_PORT_53_UDP_ADDR", "PLUGIN_A_PORT_9_SCTP"}) {
    INFO(name);
    CHECK(error_of(One<std::string>().read({}, {{name, "10.0.0.1"}})) == "accepted");
  }
  CHECK(One<std::string>().read({}, {{"PLUGIN_A_PORT", "tcp://10.0.0.1:80"}}));
  CHECK(One<std::string>().read({}, {{"PLUGIN_A_PORT", "x"}, {"PLUGIN_A_SERVICE_HOST", "y"}}));
}

TEST_CASE("what only looks like a service's variable is refused") {
  for (const char* name : {"PLUGIN_A_PORT", "PLUGIN_A_PORT_X_TCP", "PLUGIN_A_80_TCP",
                           "PLUGIN_A_PORT_80_TCP_HOST", "PLUGIN_A_HOST"}) {
    INFO(name);
    CHECK_THAT(error_of(One<std::string>().read({}, {{name, "8080"}})), ContainsSubstring(name));
  }
}

TEST_CASE("a declared setting is never taken for a service's variable") {
  One<std::int64_t> port({.name = "listen_port"});
  CHECK_THAT(error_of(port.read({}, {{"PLUGIN_LISTEN_PORT", "tcp://10.0.0.1:80"}})),
             ContainsSubstring("PLUGIN_LISTEN_PORT: \"tcp://10.0.0.1:80\" is no whole number"));
}
