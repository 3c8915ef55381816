#include <string_view>
#include <vector>

#include "common/oci/challenge.hpp"
#include "tests/catch.hpp"

using namespace stagegate::oci;

namespace {

std::vector<Challenge> parse(std::vector<std::string_view> fields) {
  return parse_challenges(fields);
}

}  // namespace

TEST_CASE("a challenge of distribution is taken apart, commas in quotes included") {
  const auto found = parse({R"(Bearer realm="https://auth.example/token",service="reg",)"
                            R"(scope="repository:a/b:pull,push",error="insufficient_scope")"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].scheme == "bearer");
  CHECK(found[0].text("realm") == "https://auth.example/token");
  CHECK(found[0].text("scope") == "repository:a/b:pull,push");
  CHECK(found[0].text("error") == "insufficient_scope");
  CHECK(found[0].find("account") == nullptr);
}

TEST_CASE("several challenges come in one field or in several") {
  for (const auto& fields :
       {std::vector<std::string_view>{R"(Bearer realm="r",service="s",scope="*",Basic realm="b")"},
        std::vector<std::string_view>{R"(Bearer realm="r", service="s")", R"(Basic realm="b")"}}) {
    const auto found = parse(fields);
    REQUIRE(found.size() == 2);
    CHECK(found[0].scheme == "bearer");
    CHECK(found[1].scheme == "basic");
    CHECK(found[1].text("realm") == "b");
  }
}

TEST_CASE("quotes, blanks and case are as servers write them") {
  const auto found = parse({R"(  BEARER   Realm = /token , SERVICE=reg.example:5000)"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].text("realm") == "/token");
  CHECK(found[0].text("service") == "reg.example:5000");
  CHECK(parse({R"(Bearer realm="a \"b\" c")"})[0].text("realm") == R"(a "b" c)");
}

TEST_CASE("Basic without a realm is a challenge, too") {
  const auto found = parse({"Basic"});
  REQUIRE(found.size() == 1);
  CHECK(choose(found)->scheme == "basic");
}

TEST_CASE("Bearer is answered before Basic, but only where it says where to get a token") {
  CHECK(choose(parse({R"(Basic realm="b")", R"(Bearer realm="r")"}))->scheme == "bearer");
  CHECK(choose(parse({R"(Bearer service="s")", "Basic"}))->scheme == "basic");
  CHECK_FALSE(choose(parse({"Negotiate YII=="})).has_value());
  CHECK_FALSE(choose(parse({})).has_value());
}

TEST_CASE("what makes no sense is left out and ends") {
  CHECK(parse({"", ",,,", "=\"", "\"\"\""}).empty());
  CHECK(parse({std::string_view("Bearer realm=\"never ended")})[0].text("realm") == "never ended");
  const std::string flood(100'000, ',');
  CHECK(parse({flood}).empty());
}
