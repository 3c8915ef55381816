#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "common/text/json_stream.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::JsonStream;
using text::JsonToken;

namespace {

constexpr std::string_view kMarks = "{}[]ks#tfn";

// Every token as its mark and its text, or the failure.
std::string told(const std::vector<std::string_view>& pieces, text::JsonStreamLimits limits = {}) {
  std::string out;
  JsonStream stream(
      [&](JsonToken token, std::string_view text) -> Result<> {
        if (!out.empty()) out += ' ';
        out += kMarks[static_cast<std::size_t>(token)];
        out += text;
        return {};
      },
      limits);
  for (const std::string_view piece : pieces) {
    if (auto fed = stream.feed(piece); !fed) return fed.error().message;
  }
  if (auto finished = stream.finish(); !finished) return finished.error().message;
  return out;
}

const std::vector<std::string> kDocuments = {
    "null",
    " \n[1, -0.5e+10 ,true,false,null]\t",
    R"({"a":{"b":[]},"":"","\u00e9\ud83d\udea6\"\\\/\b\f\n\r\t":"zażółć 🚦 日本語"})",
    "\xEF\xBB\xBF{\"k\" : 0}",
    "[[[[{}]]]]",
    "12345678901234567890123",
};

const std::vector<std::string> kNoJson = {
    "",
    " ",
    "01",
    "+1",
    "1.",
    ".5",
    "-",
    "1e",
    "1e+",
    "'a'",
    "{a:1}",
    "[1,]",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "// c\n1",
    "NaN",
    "1 2",
    "[1]]",
    "[1}",
    "{\"a\":1]",
    "\"\\x\"",
    "\"a\nb\"",
    "tru",
    "trux",
    "\"",
    "{\"a\"}",
    "{",
    "[",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800\\n\"",
    "\"\\ud800x\"",
    "\"\\u12g4\"",
    "\"\xFF\"",
    "\"\xC0\xAF\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xE2\x82\"",
    "\xEF\xBB 1",
    "1\xEF\xBB\xBF",
    "[1 2]",
    "{,}",
    "[,1]",
    "{\"a\":}",
    std::string("1\0", 2),
    std::string("\"\0\"", 3),
    "\"\x7F\x1F\"",
};

}  // namespace

TEST_CASE("JSON comes as tokens with their texts") {
  CHECK(told({R"({"a": [1, -2.50, "x\ty", true, false, null], "b": {}})"}) ==
        "{ ka [ #1 #-2.50 sx\ty t f n ] kb { } }");
}

TEST_CASE("wherever JSON is cut into pieces, the same tokens come") {
  for (const std::string& document : kDocuments) {
    INFO(document);
    const std::string whole = told({document});
    CHECK_THAT(whole, !ContainsSubstring("line "));
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at <= document.size(); ++at) {
      const std::string_view view = document;
      CHECK(told({view.substr(0, at), view.substr(at)}) == whole);
      if (at < document.size()) bytes.push_back(view.substr(at, 1));
    }
    CHECK(told(bytes) == whole);
  }
}

TEST_CASE("what is no JSON is refused at the same place, however it arrives") {
  for (const std::string& document : kNoJson) {
    INFO(text::quoted(document));
    const std::string whole = told({document});
    CHECK(whole.starts_with("line "));
    CHECK_FALSE(text::parse_json(document));
    for (std::size_t at = 0; at <= document.size(); ++at) {
      const std::string_view view = document;
      CHECK(told({view.substr(0, at), view.substr(at)}) == whole);
    }
  }
}

TEST_CASE("a failure says line, column and why") {
  CHECK(told({"{\n  \"a\": bad\n}"}) == "line 2, column 8: here a value should begin");
  CHECK(told({"[1,\n", "2,\n", "3 4]"}) ==
        "line 3, column 3: a comma or the end of the array is missing");
  CHECK(told({"{\"tests\":[1"}) == "line 1, column 12: the value is not whole");
  CHECK(told({"\"a\x01\""}) == "line 1, column 3: a control character in a string");
}

TEST_CASE("depth is limited") {
  CHECK(told({"[[{}]]"}, {.depth = 3}) == "[ [ { } ] ]");
  CHECK(told({"[[{}]]"}, {.depth = 2}) == "line 1, column 3: nested deeper than 2 levels");
}

TEST_CASE("a long text is told cut at the end of a character, and cut() says so") {
  for (const std::string& document : {std::string("[\"abcdé\", \"abcde\"]"),
                                      std::string("[\"\\u0061bcd\\u00e9\", \"abcd\\u0065\"]")}) {
    for (std::size_t at = 0; at <= document.size(); ++at) {
      std::string out;
      JsonStream* self = nullptr;
      JsonStream stream(
          [&](JsonToken token, std::string_view text) -> Result<> {
            if (token == JsonToken::string) out += text::cat(text, self->cut() ? "... " : " ");
            return {};
          },
          {.depth = 8, .longest = 5});
      self = &stream;
      REQUIRE(stream.feed(document.substr(0, at)));
      REQUIRE(stream.feed(document.substr(at)));
      REQUIRE(stream.finish());
      CHECK(out == "abcd... abcde ");
    }
  }
}

TEST_CASE("a number that is too long is refused: its beginning would be another number") {
  CHECK(told({"12345"}, {.depth = 8, .longest = 5}) == "#12345");
  CHECK_THAT(told({"123456"}, {.depth = 8, .longest = 5}), ContainsSubstring("more than 5"));
  CHECK_THAT(told({"123", "456"}, {.depth = 8, .longest = 5}), ContainsSubstring("more than 5"));
}

TEST_CASE("a string that lies whole and plain in one feed is told without a copy") {
  const std::string document = "[\"a string that is told where it lies, 🚦 included\"]";
  const char* where = nullptr;
  JsonStream stream([&](JsonToken token, std::string_view text) -> Result<> {
    if (token == JsonToken::string) where = text.data();
    return {};
  });
  REQUIRE(stream.feed(document));
  CHECK(where == document.data() + 2);
}

TEST_CASE("the failure of who listens ends the stream and stays") {
  int tokens = 0;
  JsonStream stream([&](JsonToken, std::string_view) -> Result<> {
    if (++tokens == 2) return fail(Failure::Kind::conflict, "enough");
    return {};
  });
  const auto fed = stream.feed("[1,2,3]");
  REQUIRE_FALSE(fed);
  CHECK(fed.error().message == "enough");
  CHECK(stream.feed("]").error().message == "enough");
  CHECK(stream.finish().error().kind == Failure::Kind::conflict);
  CHECK(tokens == 2);
}
