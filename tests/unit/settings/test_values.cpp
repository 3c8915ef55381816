#include "common/text/duration.hpp"
#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;
using settings::ImageTag;

TEST_CASE("a boolean is one of eight words in any case, and nothing else") {
  for (const char* word : {"true", "True", "YES", "on", "1", " on "}) {
    One<bool> one;
    REQUIRE(one.from_env(word));
    CHECK(one.value);
  }
  for (const char* word : {"false", "FALSE", "no", "off", "0", "\"false\""}) {
    One<bool> one;
    one.value = true;
    REQUIRE(one.from_env(word));
    CHECK_FALSE(one.value);
  }
  for (const char* word : {"y", "n", "2", "truee", "ja", "+1"}) {
    One<bool> one;
    CHECK_THAT(one.error_from_env(word), ContainsSubstring("neither true, yes, on, 1 nor"));
  }
}

TEST_CASE("a whole number may come rewritten, as long as it is whole") {
  const std::vector<std::pair<std::string, std::int64_t>> good{
      {"42", 42},
      {"-7", -7},
      {"+5", 5},
      {"1e+06", 1'000'000},
      {"3.0", 3},
      {"1.234567e+06", 1'234'567},
      {"007", 7},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"0e+00", 0},
      {"120e-1", 12}};
  for (const auto& [text, value] : good) {
    One<std::int64_t> one;
    INFO(text);
    REQUIRE(one.error_from_env(text) == "accepted");
    CHECK(one.value == value);
  }
  for (const char* text :
       {"1.5", "1e-06", "0x1F", "1_000", "one", "1e", ".5", "5.", "1,2", "+Inf", "NaN", "--5",
        "9223372036854775808", "1.8446744073709552e+19", "1e+400", "1e+99999999999999999999"}) {
    One<std::int64_t> one;
    INFO(text);
    const std::string error = one.error_from_env(text);
    CHECK_THAT(error, ContainsSubstring("PLUGIN_X: \"" + std::string(text)));
  }
}

TEST_CASE("a whole number keeps to its declared range") {
  const Spec port{.name = "x", .least = 1, .most = 65535};
  CHECK(One<std::int64_t>(port).error_from_env("65535") == "accepted");
  CHECK_THAT(One<std::int64_t>(port).error_from_env("0"), ContainsSubstring("1 to 65535"));
  CHECK_THAT(One<std::int64_t>(port).error_from_env("65536"), ContainsSubstring("1 to 65535"));
}

TEST_CASE("a duration is read with units, as bare seconds and rewritten") {
  using std::chrono::milliseconds;
  for (const auto& [text, value] :
       std::vector<std::pair<std::string, int>>{{"30s", 30'000},
                                                {"1h30m", 5'400'000},
                                                {"30", 30'000},
                                                {"1.5", 1'500},
                                                {"1e+06", 1'000'000'000}}) {
    One<milliseconds> one;
    INFO(text);
    REQUIRE(one.error_from_env(text) == "accepted");
    CHECK(one.value == milliseconds{value});
  }
  CHECK_THAT(One<milliseconds>().error_from_env("-5s"), ContainsSubstring("is no duration"));
  CHECK_THAT(One<std::chrono::seconds>().error_from_env("1.5"), ContainsSubstring("whole seconds"));
}

TEST_CASE("a date is taken bare and as Woodpecker rewrites it") {
  const auto day = *time::parse_date("2026-07-03");
  for (const char* text : {"2026-07-03", "\"2026-07-03T00:00:00Z\"", "2026-07-03T00:00:00-05:00"}) {
    One<time::Date> one;
    INFO(text);
    REQUIRE(one.error_from_env(text) == "accepted");
    CHECK(one.value == day);
  }
  CHECK_THAT(One<time::Date>().error_from_env("\"2026-07-03T10:00:00Z\""),
             ContainsSubstring("time of day"));
  CHECK_THAT(One<time::Date>().error_from_env("2026-02-30"), ContainsSubstring("PLUGIN_X: "));
}

TEST_CASE("a list of dates is taken as JSON and as comma-separated values") {
  for (const char* text :
       {R"(["2026-07-03T00:00:00Z","2026-12-25T00:00:00Z"])", "2026-07-03, 2026-12-25,"}) {
    One<std::vector<time::Date>> one;
    REQUIRE(one.from_env(text));
    REQUIRE(one.value.size() == 2);
    CHECK(time::iso_date(one.value[1]) == "2026-12-25");
  }
  CHECK_THAT(One<std::vector<time::Date>>().error_from_env("2026-07-03,2026-13-01"),
             ContainsSubstring("element 2"));
}

TEST_CASE(
    "a tag that Woodpecker has rewritten as a number is refused with the advice to quote it") {
  for (const char* text : {"1.2345e+11", "1e+10", "1e-06", "1.8446744073709552e+19", "+Inf"}) {
    CHECK_THAT(One<ImageTag>().error_from_env(text), ContainsSubstring("quote it in the YAML"));
  }
  // Quoted in the YAML it arrives like this; every fiftieth short SHA looks so.
  One<ImageTag> quoted;
  REQUIRE(quoted.from_env("12345e7"));
  CHECK(quoted.value.text == "12345e7");
}

TEST_CASE("a tag keeps to the grammar of OCI") {
  for (const std::string& text :
       {std::string("v1.2.3"), std::string("_x-y.z"), std::string(128, 'a')}) {
    One<ImageTag> one;
    REQUIRE(one.error_from_env(text) == "accepted");
    CHECK(one.value.text == text);
  }
  for (const std::string& text :
       {std::string(".x"), std::string("-x"), std::string("a b"), std::string("a/b"),
        std::string("a:b"), std::string("ü"), std::string(129, 'a')}) {
    CHECK_THAT(One<ImageTag>().error_from_env(text), ContainsSubstring("no image tag"));
  }
  One<ImageTag> date;
  REQUIRE(date.from_env("\"2026-01-02T00:00:00Z\""));
  CHECK(date.value.text == "2026-01-02");
}

TEST_CASE("a text keeps its blanks, and must be UTF-8 without NUL") {
  One<std::string> one;
  REQUIRE(one.from_env("  padded  "));
  CHECK(one.value == "  padded  ");
  CHECK_THAT(One<std::string>().error_from_env("a\xFF"), ContainsSubstring("no valid UTF-8"));
  CHECK_THAT(One<std::string>().error_from_env(std::string("a\0b", 3)), ContainsSubstring("NUL"));
  CHECK_THAT(One<std::string>().error_from_env(std::string((1u << 20) + 1, 'a')),
             ContainsSubstring("at most 1048576"));
}

TEST_CASE("a list drops what is empty between commas, and refuses what arrived empty in JSON") {
  One<std::vector<std::string>> one;
  REQUIRE(one.from_env(" a b,, c ,"));
  CHECK(one.value == std::vector<std::string>{"a b", "c"});
  REQUIRE(one.from_env(R"(["a,b", 1, true])"));
  CHECK(one.value == std::vector<std::string>{"a,b", "1", "true"});
  CHECK_THAT(one.error_from_env(R"(["a",""])"), ContainsSubstring("element 2 is empty"));
  CHECK_THAT(one.error_from_env(R"(["a",null])"), ContainsSubstring("element 2 is empty"));
  CHECK_THAT(one.error_from_env(R"([["a"]])"), ContainsSubstring("element 1 is a list"));
}

TEST_CASE("a list without valid JSON is comma-separated, even when it begins like an array") {
  One<std::vector<std::string>> one;
  REQUIRE(one.from_env("[a,b"));
  CHECK(one.value == std::vector<std::string>{"[a", "b"});
}

TEST_CASE("a map is a JSON object or key=value pairs, and refuses empty values") {
  using Map = std::map<std::string, std::string>;
  One<Map> one;
  REQUIRE(one.from_env(R"({"image.tag":"abc","n":3,"b":true})"));
  CHECK(one.value == Map{{"image.tag", "abc"}, {"n", "3"}, {"b", "true"}});
  REQUIRE(one.from_env("k=v, k2 = v=2"));
  CHECK(one.value == Map{{"k", "v"}, {"k2", "v=2"}});
  CHECK_THAT(one.error_from_env(R"({"image.tag":""})"),
             ContainsSubstring("the value of \"image.tag\" is empty"));
  CHECK_THAT(one.error_from_env(R"({"a":null})"), ContainsSubstring("is empty"));
  CHECK_THAT(one.error_from_env("a=1,a=2"), ContainsSubstring("twice"));
  CHECK_THAT(one.error_from_env(R"({"a":1)"), ContainsSubstring("no JSON object: line 1, column"));
  CHECK_THAT(one.error_from_env("just words"), ContainsSubstring("key=value"));

  One<Map> lenient({.name = "x", .empty_elements = settings::EmptyElements::kept});
  REQUIRE(lenient.from_env(R"({"a":""})"));
  CHECK(lenient.value == Map{{"a", ""}});
}

TEST_CASE("a structure is JSON or YAML") {
  One<text::YamlNode> one;
  REQUIRE(one.from_env(R"({"a":{"b":[1,{"d":"e"}]}})"));
  CHECK(one.value.find("a")->find("b")->items[1].find("d")->scalar == "e");
  REQUIRE(one.from_env("a:\n  b: 09:30\n"));
  CHECK(one.value.find("a")->find("b")->scalar == "09:30");
  REQUIRE(one.from_env(R"({"emoji":"\ud83d\ude00"})"));
  CHECK(one.value.find("emoji")->scalar == "😀");
  CHECK_THAT(one.error_from_env("a: [1"), ContainsSubstring("line 1, column"));
}

TEST_CASE("a date inside a tree is taken as its author wrote it, not as Woodpecker rewrote it") {
  One<text::YamlNode> one;
  REQUIRE(one.from_env(R"([{"from":"2027-01-25T00:00:00Z","to":["2027-01-29T00:00:00Z"]}])"));
  CHECK(one.value.items.at(0).find("from")->scalar == "2027-01-25");
  CHECK(one.value.items.at(0).find("to")->items.at(0).scalar == "2027-01-29");
  REQUIRE(one.from_env(R"({"a":"2027-01-25T09:30:00Z","b":"2027-02-30T00:00:00Z"})"));
  CHECK(one.value.find("a")->scalar == "2027-01-25T09:30:00Z");
  CHECK(one.value.find("b")->scalar == "2027-02-30T00:00:00Z");
  // YAML of one's own was never rewritten.
  REQUIRE(one.from_env("a: 2027-01-25T00:00:00Z"));
  CHECK(one.value.find("a")->scalar == "2027-01-25T00:00:00Z");
}

TEST_CASE("a choice is one of its words, and a near miss is named") {
  enum class Require { closed, open };
  One<Require> one({.name = "x", .choices = {"closed", "open"}});
  REQUIRE(one.from_env("open"));
  CHECK(one.value == Require::open);
  CHECK(one.error_from_env("opne") ==
        "PLUGIN_X: \"opne\" is none of closed, open: did you mean open?");
  One<std::string> text({.name = "x", .choices = {"closed", "open"}});
  CHECK_THAT(text.error_from_env("ajar"), ContainsSubstring("none of closed, open"));
}

TEST_CASE("an optional setting without a value stays empty") {
  One<std::optional<std::int64_t>> one;
  REQUIRE(one.read({}));
  CHECK_FALSE(one.value.has_value());
  REQUIRE(one.from_env("5"));
  CHECK(one.value == 5);
}

TEST_CASE("a refused value leaves its target as it was") {
  One<std::map<std::string, ImageTag>> map;
  map.value = {{"kept", ImageTag{"v1"}}};
  CHECK(map.error_from_env("a=v2,b=-") != "accepted");
  CHECK(map.value.size() == 1);
  One<std::vector<std::int64_t>> list;
  list.value = {7};
  CHECK(list.error_from_env("1,x") != "accepted");
  CHECK(list.value == std::vector<std::int64_t>{7});
  One<std::chrono::seconds> seconds;
  seconds.value = std::chrono::seconds{7};
  CHECK(seconds.error_from_env("1.5") != "accepted");
  CHECK(seconds.value == std::chrono::seconds{7});
}
