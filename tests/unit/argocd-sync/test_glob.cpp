#include <string>
#include <string_view>

#include "plugins/argocd-sync/windows/glob.hpp"
#include "tests/catch.hpp"

using stagegate::argocd::glob_matches;

namespace {

bool fits(std::string_view pattern, std::string_view text) {
  return glob_matches(pattern, text).value();
}

}  // namespace

TEST_CASE("a pattern matches the whole of a text") {
  CHECK(fits("stonks-live", "stonks-live"));
  CHECK_FALSE(fits("stonks", "stonks-live"));
  CHECK_FALSE(fits("live", "stonks-live"));
  CHECK(fits("", ""));
  CHECK_FALSE(fits("", "x"));
  CHECK(fits("*", ""));
  CHECK(fits("*", "stonks-live"));
}

TEST_CASE("a star matches slashes and dots, too") {
  CHECK(fits("https://*", "https://kubernetes.default.svc:443/x"));
  CHECK(fits("*-live", "stonks-live"));
  CHECK(fits("stonks-*", "stonks-"));
  CHECK(fits("**.svc", "https://kubernetes.default.svc"));
  CHECK(fits("a*b*c", "a-b-b-c"));
  CHECK_FALSE(fits("a*b*c", "a-c-b"));
}

TEST_CASE("single characters, lists and ranges") {
  CHECK(fits("?at", "cat"));
  CHECK_FALSE(fits("?at", "at"));
  CHECK(fits("?", "\u00e4"));
  CHECK(fits("[cb]at", "bat"));
  CHECK_FALSE(fits("[cb]at", "fat"));
  CHECK(fits("[!cb]at", "fat"));
  CHECK_FALSE(fits("[!cb]at", "cat"));
  CHECK(fits("app-[0-9]", "app-7"));
  CHECK_FALSE(fits("app-[0-9]", "app-x"));
  CHECK(fits("app-[!0-9]", "app-x"));
  CHECK_FALSE(fits("app-[!0-9]", "app-7"));
  CHECK(fits("[ab-]", "-"));
  CHECK(fits(R"([\]a])", "]"));
}

TEST_CASE("alternatives, also within each other") {
  CHECK(fits("stonks-{paper,live}", "stonks-live"));
  CHECK(fits("stonks-{paper,live}", "stonks-paper"));
  CHECK_FALSE(fits("stonks-{paper,live}", "stonks-beta"));
  CHECK(fits("{a,b{c,d*}}x", "bdddx"));
  CHECK_FALSE(fits("{a,b{c,d*}}x", "bx"));
  CHECK(fits("a{,b}c", "ac"));
  CHECK(fits("{a?,[x-z]}", "y"));
  // As in Argo CD: what is not closed ends with the pattern; elsewhere , and } are characters.
  CHECK(fits("{a,b", "b"));
  CHECK(fits("a,b}", "a,b}"));
  CHECK(fits(R"({a\,b,c})", "a,b"));
}

TEST_CASE("a backslash takes away what a character means") {
  CHECK(fits(R"(a\*)", "a*"));
  CHECK_FALSE(fits(R"(a\*)", "ab"));
  CHECK(fits(R"(\{a\})", "{a}"));
  CHECK(fits("a\\", "a"));
}

TEST_CASE("a pattern that Argo CD cannot read is refused") {
  for (const std::string pattern : {"[", "[]", "[!]", "[a", "[a-", "[a-]", "[z-a]", "[a-zA-Z]",
                                    "[]a]", "{a,[}", "x[a-zA-Z]*"}) {
    INFO(pattern);
    CHECK_FALSE(glob_matches(pattern, "a"));
  }
  CHECK_FALSE(glob_matches("\xff", "a"));
  CHECK_FALSE(glob_matches(std::string(2000, 'a'), "a"));
}

TEST_CASE("a pattern of which the time would explode takes no time") {
  std::string pattern;
  for (int i = 0; i < 150; ++i) pattern += "*{a,*}";
  CHECK_FALSE(fits(pattern + "b", std::string(900, 'a')));
  CHECK(fits(std::string(1000, '{') + "a", "a"));
}
