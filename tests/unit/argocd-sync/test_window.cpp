#include <string>
#include <string_view>
#include <vector>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/window.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

text::Json json(std::string_view text) {
  return text::parse_json(text).value();
}

std::vector<Window> read(std::string_view windows) {
  return project_windows(
             json(text::cat(R"({"metadata":{"name":"p"},"spec":{"syncWindows":)", windows, "}}")))
      .value();
}

std::string why_not(std::string_view project) {
  const auto windows = project_windows(json(project));
  return windows ? "" : windows.error().message;
}

Window window(std::vector<std::string> applications, std::vector<std::string> namespaces,
              std::vector<std::string> clusters, bool all = false) {
  Window window;
  window.applications = std::move(applications);
  window.namespaces = std::move(namespaces);
  window.clusters = std::move(clusters);
  window.and_operator = all;
  return window;
}

const Target kLive{"stonks-live", "stonks", "https://kubernetes.default.svc", "in-cluster"};

}  // namespace

TEST_CASE("the windows of an AppProject are read with all that they say") {
  const auto windows = read(R"([
    {"kind":"deny","schedule":"30 9 * * 1-5","duration":"6h30m","timeZone":"America/New_York",
     "applications":["a"],"namespaces":["n"],"clusters":["c"],"manualSync":true,"syncOverrun":true,
     "andOperator":true,"description":"core"},
    {"kind":"allow","schedule":"0 18 * * *","duration":"4h","applications":null},
    {"kind":"perhaps"}])");
  REQUIRE(windows.size() == 3);
  Window expected = window({"a"}, {"n"}, {"c"}, true);
  expected.kind = Window::Kind::deny;
  expected.schedule = "30 9 * * 1-5";
  expected.duration = "6h30m";
  expected.time_zone = "America/New_York";
  expected.manual_sync = true;
  expected.sync_overrun = true;
  expected.description = "core";
  CHECK(windows[0] == expected);
  CHECK(windows[1].kind == Window::Kind::allow);
  CHECK_FALSE(windows[1].manual_sync);
  CHECK(windows[2].kind == Window::Kind::other);
  CHECK(describe(windows[0]) == R"(deny window "30 9 * * 1-5" for 6h30m (America/New_York))");
  CHECK(describe(windows[1]) == R"(allow window "0 18 * * *" for 4h (UTC))");
}

TEST_CASE("a project without windows has none; what is no project is not taken for one") {
  CHECK(project_windows(json(R"({"spec":{}})")).value().empty());
  CHECK(project_windows(json(R"({"spec":{"syncWindows":null}})")).value().empty());
  CHECK_THAT(why_not("{}"), ContainsSubstring("no AppProject"));
  CHECK_THAT(why_not("[]"), ContainsSubstring("no AppProject"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":{}}})"), ContainsSubstring("no list"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":[{},{"schedule":7}]}})"),
             ContainsSubstring("sync window 2 cannot be read: its schedule is no text"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":[{"manualSync":"true"}]}})"),
             ContainsSubstring("manualSync is neither true nor false"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":[{"applications":"a"}]}})"),
             ContainsSubstring("applications is no list"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":[{"applications":[1]}]}})"),
             ContainsSubstring("applications is no list of texts"));
  CHECK_THAT(why_not(R"({"spec":{"syncWindows":["x"]}})"), ContainsSubstring("no object"));
}

TEST_CASE("the windows of global projects hold, too") {
  const auto windows = project_windows(json(R"({
    "project":{"spec":{"syncWindows":[{"kind":"deny"}]}},
    "globalProjects":[{"spec":{"syncWindows":[{"kind":"allow"}]}},{"spec":{}}]})"))
                           .value();
  REQUIRE(windows.size() == 2);
  CHECK(windows[1].kind == Window::Kind::allow);
  CHECK(project_windows(json(R"({"project":{"spec":{}},"globalProjects":null})")).value().empty());
  CHECK_THAT(why_not(R"({"project":{"spec":{}},"globalProjects":[{}]})"),
             ContainsSubstring("no AppProject"));
}

TEST_CASE("a window holds for an application that any of its lists names") {
  CHECK(matches(window({"stonks-*"}, {}, {}), kLive));
  CHECK(matches(window({"x", "stonks-live"}, {}, {}), kLive));
  CHECK(matches(window({"x"}, {"stonks"}, {}), kLive));
  CHECK(matches(window({}, {}, {"in-cluster"}), kLive));
  CHECK(matches(window({}, {}, {"https://*"}), kLive));
  CHECK_FALSE(matches(window({"x"}, {"y"}, {"z"}), kLive));
  CHECK_FALSE(matches(window({}, {}, {}), kLive));
  CHECK_FALSE(matches(window({"[a-zA-Z]*"}, {}, {}), kLive));
}

TEST_CASE("with andOperator all lists that are there have to name it") {
  CHECK(matches(window({"stonks-*"}, {"stonks"}, {"in-cluster"}, true), kLive));
  CHECK(matches(window({"stonks-*"}, {}, {"in-cluster"}, true), kLive));
  CHECK(matches(window({}, {"stonks"}, {}, true), kLive));
  CHECK_FALSE(matches(window({"stonks-*"}, {"x"}, {}, true), kLive));
  CHECK_FALSE(matches(window({"x"}, {"stonks"}, {}, true), kLive));
  CHECK_FALSE(matches(window({"stonks-*"}, {"stonks"}, {"x"}, true), kLive));
  CHECK_FALSE(matches(window({}, {}, {}, true), kLive));
}

TEST_CASE("a cluster that is known by one of its names only is not matched by the other") {
  CHECK_FALSE(matches(window({}, {}, {"*"}), Target{"a", "n", "", ""}));
  CHECK(matches(window({}, {"*"}, {}), Target{"a", "", "", ""}));
  CHECK(matches(window({}, {}, {"prod"}), Target{"a", "n", "", "prod"}));
  CHECK_FALSE(matches(window({}, {}, {"prod"}), Target{"a", "n", "prod-2", ""}));
}

TEST_CASE("patterns that match nothing because they are malformed are told") {
  CHECK(broken_patterns(window({"a*"}, {"b"}, {"{c,d}"})).empty());
  const auto broken = broken_patterns(window({"[a-zA-Z]"}, {"b"}, {"["}));
  REQUIRE(broken.size() == 2);
  CHECK_THAT(broken[0], ContainsSubstring("[a-zA-Z]"));
}
