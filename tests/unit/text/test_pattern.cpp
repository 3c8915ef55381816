#include <string>

#include "common/text/pattern.hpp"
#include "tests/catch.hpp"

using stagegate::text::Pattern;

namespace {

bool found(std::string_view expression, std::string_view text) {
  return Pattern::parse(expression).value().found_in(text);
}

}  // namespace

TEST_CASE("a pattern is found anywhere in a text, or where its anchors say") {
  CHECK(found("buildcache", "app-buildcache-1"));
  CHECK(found("^sha256-", "sha256-abc"));
  CHECK_FALSE(found("^sha256-", "x-sha256-abc"));
  CHECK(found(R"(\.sig$)", "sha256-abc.sig"));
  CHECK_FALSE(found(R"(\.sig$)", "xsig"));
  CHECK(found("^verified-[0-9]{10}-[0-9a-f]{40}$", "verified-1764000000-" + std::string(40, 'a')));
  CHECK_FALSE(
      found("^verified-[0-9]{10}-[0-9a-f]{40}$", "verified-1764000000-" + std::string(41, 'a')));
  CHECK(found("^(main|release-[0-9]+)-", "release-12-abc"));
}

TEST_CASE("a pattern of which the time would explode takes no time") {
  CHECK_FALSE(found("^(a+)+$", std::string(127, 'a') + "b"));
  CHECK_FALSE(found("^(a|aa)*$", std::string(127, 'a') + "b"));
  CHECK_FALSE(found("(.*)(.*)(.*)(.*)x", std::string(128, 'a')));
}

TEST_CASE("what is no pattern, or too large a one, is refused with its reason") {
  for (const std::string& text :
       {std::string(), std::string("("), std::string("[a"), std::string("*"), std::string("a{2"),
        std::string(R"((a)\1)"), std::string("a{100000}"), std::string("((a?){100}){100}"),
        std::string("(((a{99}){99}){99})"), std::string(3'000, 'a'), std::string(100, '('),
        std::string("a{99999999999999999999999}"), std::string(40, '(') + std::string(40, ')')}) {
    INFO(text);
    const auto pattern = Pattern::parse(text);
    REQUIRE_FALSE(pattern.has_value());
    CHECK(pattern.error().kind == stagegate::Failure::Kind::usage);
  }
}

TEST_CASE("the largest pattern and the longest text that are taken do no harm") {
  const std::string large = "^(" + std::string("(a?b?){200}") + "(a*){30})*$";
  CHECK(found(large, std::string(512, 'a')));
  CHECK_FALSE(found("a", std::string(513, 'a')));
}
