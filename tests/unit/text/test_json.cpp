#include <limits>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::Json;
using text::parse_json;

namespace {
std::string error(std::string_view text, text::JsonLimits limits = {}) {
  const auto parsed = parse_json(text, limits);
  return parsed ? "accepted" : parsed.error().message;
}
}  // namespace

TEST_CASE("JSON that is read and written again is the same, in the same order") {
  for (const char* same : {"null", "true", "-7", "1.5", R"("zażółć 🚦 \" \\ \n")", "[]", "{}",
                           R"([1,[2,{"b":1,"a":2}]])", R"({"z":1,"a":{"y":[],"b":null}})",
                           "18446744073709551615", "-9223372036854775808"}) {
    const auto parsed = parse_json(same);
    INFO(same);
    REQUIRE(parsed);
    CHECK(parsed->dump() == same);
  }
}

TEST_CASE("integers are exact up to 2^64-1 and equal whatever their notation") {
  CHECK(parse_json("9007199254740993")->integer() == 9007199254740993);
  CHECK(parse_json("3.0")->integer() == 3);
  CHECK(parse_json("1e3")->integer() == 1000);
  CHECK_FALSE(parse_json("3.5")->integer().has_value());
  CHECK_FALSE(parse_json("18446744073709551615")->integer().has_value());
  CHECK(Json(std::uint64_t{7}).integer() == 7);
  CHECK_FALSE(Json(std::uint64_t{1} << 63).integer().has_value());
  CHECK_FALSE(parse_json("9223372036854775808.0")->integer().has_value());
  CHECK_FALSE(parse_json("\"3\"")->integer().has_value());
  CHECK(*parse_json("3") == Json(3));
  CHECK(parse_json("18446744073709551615")->number() == 18446744073709551615.0);
}

TEST_CASE("what RFC 8259 does not allow is refused with line and column") {
  CHECK(error("{\n  \"a\": bad\n}") ==
        "line 2, column 8: syntax error while parsing value - invalid literal");
  for (const char* bad : {"",        " ",       "01",       "+1",           "1.",
                          ".5",      "'a'",     "{a:1}",    "[1,]",         "{\"a\":1,}",
                          "// c\n1", "/*c*/1",  "NaN",      "Infinity",     "1 2",
                          "[1]]",    "\"\\x\"", "\"a\nb\"", "\"\\ud800\"",  "tru",
                          "\"",      "{\"a\"}", "\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"",
                          "1e999"}) {
    INFO(bad);
    CHECK_THAT(error(bad), ContainsSubstring("line "));
  }
}

TEST_CASE("a zero byte does not end JSON: what follows would go unread") {
  using namespace std::string_view_literals;
  CHECK(error("[1]\0 [2]"sv) == "line 1, column 4: a zero byte");
  CHECK(error("1\0"sv) == "line 1, column 2: a zero byte");
  CHECK_THAT(error("[1\0"sv), ContainsSubstring("line 1"));
}

TEST_CASE("a member that is there twice is refused, in every depth") {
  CHECK(error(R"({"a":1,"b":{"c":1,"\u0063":2}})") ==
        "line 1, column 26: the member \"c\" is there twice");
  CHECK(parse_json(R"([{"a":1},{"a":2}])"));
}

TEST_CASE("an error never quotes what was read: it may be a secret") {
  for (const char* bad : {"{\"password\": hunter2", "\"hunter2", "[\"hunter2\" \"hunter2\"]",
                          "{\"a\":\"hunter2\xFF\"}"}) {
    CHECK(error(bad).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("size, depth and number of values are limited") {
  const std::string deep = std::string(64, '[') + std::string(64, ']');
  CHECK(error(deep) == "accepted");
  CHECK_THAT(error("[" + deep + "]"), ContainsSubstring("deeper than 64"));
  CHECK_THAT(error(std::string(1'000'000, '[')), ContainsSubstring("deeper than 64"));
  CHECK_THAT(error("[1,2,3]", {.bytes = 6}), ContainsSubstring("at most 6"));
  CHECK_THAT(error("[1,2,3]", {.values = 3}), ContainsSubstring("more than 3 values"));
  CHECK(error("[1,2,3]", {.values = 4}) == "accepted");
}

TEST_CASE("strings that are no UTF-8 are written with replacement characters") {
  CHECK(Json("a\xFF").dump() == "\"a\xEF\xBF\xBD\"");
  CHECK(Json(std::string("\0\x1F", 2)).dump() == R"("\u0000\u001f")");
}

TEST_CASE("numbers that JSON does not know are written as null") {
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
  CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
}

TEST_CASE("an object is built member by member and shown for people") {
  Json json;
  json.set("b", 1).set("a", Json().push("x").push(true)).set("b", 2).set("e", Json::Array{});
  CHECK(json.dump() == R"({"b":2,"a":["x",true],"e":[]})");
  CHECK(json.dump(2) == "{\n  \"b\": 2,\n  \"a\": [\n    \"x\",\n    true\n  ],\n  \"e\": []\n}");
  CHECK(json.find("a")->array()->size() == 2);
  CHECK(json.find("zz") == nullptr);
  CHECK(json.text("a").empty());
  CHECK(json.find("a")->find("x") == nullptr);
}
