#include "common/text/json_pick.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::Json;
using text::JsonPick;

namespace {

Result<Json> pick(const std::vector<std::string>& paths, std::string_view text) {
  JsonPick picked(paths);
  for (const char byte : text) {
    if (auto fed = picked.feed({&byte, 1}); !fed) return forward(fed.error());
  }
  return picked.finish();
}

std::string picked(const std::vector<std::string>& paths, std::string_view text) {
  const auto json = pick(paths, text);
  return json ? json->dump() : json.error().message;
}

}  // namespace

TEST_CASE("what is asked for is kept, with everything below it") {
  CHECK(
      picked({"a.b", "d"}, R"({"x":[1,{"a":2}],"a":{"b":{"c":[1,"two",null]},"y":3},"d":true})") ==
      R"({"a":{"b":{"c":[1,"two",null]}},"d":true})");
}

TEST_CASE("a list is no step of a path") {
  CHECK(picked({"list.name"}, R"({"list":[{"name":"a","x":1},{"y":2},{"name":"b"}]})") ==
        R"({"list":[{"name":"a"},{},{"name":"b"}]})");
}

TEST_CASE("what is not there is not there, and neither is what is of another kind") {
  CHECK(picked({"a.b"}, R"({"c":1})") == "{}");
  CHECK(picked({"a.b"}, R"({"a":1})") == "{}");
  CHECK(picked({"a.b"}, R"({"a":[1,2]})") == R"({"a":[]})");
}

TEST_CASE("numbers keep their value") {
  CHECK(picked({"n"}, R"({"n":[9007199254740993,-1,0.5,1e3]})") ==
        R"({"n":[9007199254740993,-1,0.5,1000.0]})");
}

TEST_CASE("the elements of a long list are told one by one and not kept") {
  JsonPick pick({"items.name", "after"});
  std::size_t told = 0;
  std::string last;
  pick.elements("items", [&](const Json& item) {
    ++told;
    last = item.text("name");
  });
  REQUIRE(pick.feed(R"({"items":[)"));
  constexpr std::size_t kMany = 300'000;
  for (std::size_t i = 0; i < kMany; ++i) {
    REQUIRE(pick.feed(text::cat(i == 0 ? "" : ",", R"({"name":"n)", i, R"(","big":{"a":[1,2]}})")));
  }
  REQUIRE(pick.feed(R"(],"after":1})"));
  CHECK(pick.finish().value().dump() == R"({"items":[],"after":1})");
  CHECK(told == kMany);
  CHECK(last == "n299999");
}

TEST_CASE("a value that fills the memory is refused") {
  JsonPick pick({"a"}, 100);
  std::string text = R"({"a":[)";
  for (int i = 0; i < 200; ++i) text += "0,";
  const auto fed = pick.feed(text);
  REQUIRE_FALSE(fed);
  CHECK_THAT(fed.error().message, ContainsSubstring("more values"));
}

TEST_CASE("what is no JSON is refused, also where nothing is picked") {
  CHECK_FALSE(pick({"a"}, R"({"b":[1,})"));
  CHECK_FALSE(pick({"a"}, R"({"a":1)"));
  CHECK_FALSE(pick({"a"}, R"({"a":1,"a":2})"));
  CHECK(pick({"a"}, R"({"b":1,"b":2,"a":3})"));
}
