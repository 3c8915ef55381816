#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::parse_yaml;
using text::YamlNode;
using Kind = text::YamlNode::Kind;

namespace {
std::string error(std::string_view text, text::YamlLimits limits = {}) {
  const auto parsed = parse_yaml(text, limits);
  return parsed ? "accepted" : parsed.error().message;
}
}  // namespace

TEST_CASE("a document keeps its order, its texts and where they stood") {
  const auto root = parse_yaml("# c\nopen: 09:30\ndays:\n  - Mon\n  - \"Tue\"\n");
  REQUIRE(root);
  REQUIRE(root->kind == Kind::map);
  CHECK(root->entries[0].key == "open");
  CHECK(root->entries[0].at == text::Position{2, 1});
  CHECK(root->find("open")->scalar == "09:30");
  CHECK(root->find("open")->at == text::Position{2, 7});
  const YamlNode& days = *root->find("days");
  REQUIRE(days.items.size() == 2);
  CHECK_FALSE(days.items[0].quoted);
  CHECK(days.items[1].quoted);
  CHECK(days.items[1].at == text::Position{5, 5});
  CHECK(root->find("close") == nullptr);
}

TEST_CASE("nothing, null and ~ are null, in quotes they are texts") {
  for (const char* text : {"", "# only a comment\n", "---\n", "~", "null", "a:\n"}) {
    const auto root = parse_yaml(text);
    INFO(text);
    REQUIRE(root);
    CHECK((root->kind == Kind::null || root->find("a")->kind == Kind::null));
  }
  CHECK(parse_yaml("\"null\"")->kind == Kind::scalar);
  CHECK(parse_yaml("!!str null")->quoted);
  CHECK(parse_yaml("|\n  a\n")->quoted);
  CHECK(parse_yaml("!!int 5")->scalar == "5");
}

TEST_CASE("faults are named by line and column") {
  CHECK_THAT(error("a: 1\nb: [1, 2\n"), ContainsSubstring("line "));
  CHECK(error("a: 1\na: 2\n") == "line 2, column 1: the key \"a\" is there twice");
  CHECK(error("x:\n  ? [1]\n  : 2\n") == "line 2, column 5: a key must be a plain text");
  CHECK_THAT(error("b: &b {x: 1}\na:\n  <<: *b\n"),
             ContainsSubstring("line 3, column 3: merge keys"));
  CHECK_THAT(error("a: !x 1\n"), ContainsSubstring("line 1, column 4: unknown tag \"!x\""));
  CHECK_THAT(error("a: !!binary aGk=\n"), ContainsSubstring("unknown tag"));
  CHECK_THAT(error("a: !!seq {b: c}\n"), ContainsSubstring("does not fit"));
  CHECK_THAT(error("a: *nobody\n"), ContainsSubstring("line 1, column"));
  CHECK_THAT(error("a: 'open\n"), ContainsSubstring("line "));
  CHECK_THAT(error("a: b: c\n"), ContainsSubstring("line "));
  CHECK_THAT(error("\ta: 1\n"), ContainsSubstring("line "));
}

TEST_CASE("there is one document, and nothing behind it") {
  CHECK_THAT(error("a: 1\n---\nb: 2\n"), ContainsSubstring("here begins another"));
  CHECK(error("[1] 2\n") != "accepted");
  CHECK(error("--- {a: 1}\n...\n") == "accepted");
}

TEST_CASE("characters that YAML forbids are refused instead of ending the file early") {
  CHECK(error("a: 1\nb: \x04\nc: 3\n") ==
        "line 2, column 4: the control character 4 is not allowed");
  CHECK_THAT(error(std::string("a: \0", 4)), ContainsSubstring("control character 0"));
  CHECK_THAT(error("a: \xFF"), ContainsSubstring("line 1, column 4: no valid UTF-8"));
  CHECK_THAT(error(std::string("\xFF\xFE"
                               "a\0",
                               4)),
             ContainsSubstring("no valid UTF-8"));
  CHECK_THAT(error(std::string("\0a\0:", 4)), ContainsSubstring("control character"));
  CHECK_THAT(error("a: \"\\0\"\n"), ContainsSubstring("NUL"));
  CHECK(error("\xEF\xBB\xBF"
              "a: 1\n") == "accepted");
}

TEST_CASE("size and depth are limited, before the parser runs out of stack") {
  CHECK_THAT(error(std::string(100'000, '[')), ContainsSubstring("deeper than 32"));
  CHECK(error(std::string(100'000, '{')) != "accepted");
  std::string blocks;
  for (int i = 0; i < 400; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK_THAT(error(blocks), ContainsSubstring("deeper than 32"));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK_THAT(error(dashes), ContainsSubstring("deeper than 32"));
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "? ";
  CHECK(error(keys) != "accepted");
  CHECK_THAT(error(std::string(2u << 20, 'a')), ContainsSubstring("at most 1048576"));
}

TEST_CASE("aliases are expanded, and count as if they were written out") {
  const auto root = parse_yaml("a: &x [1, 2]\nb: *x\n");
  REQUIRE(root);
  CHECK(root->find("b")->items.size() == 2);
  CHECK(root->find("b")->at == text::Position{2, 4});

  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    laughs += text::cat("a", i, ": &a", i, " [");
    for (int k = 0; k < 10; ++k) laughs += text::cat(k > 0 ? ", " : "", "*a", i - 1);
    laughs += "]\n";
  }
  CHECK_THAT(error(laughs), ContainsSubstring("more than 100000 values"));

  std::string bytes = "a: &a " + std::string(100'000, 'x') + "\nb:\n";
  for (int i = 0; i < 100; ++i) bytes += "  - *a\n";
  CHECK_THAT(error(bytes), ContainsSubstring("aliases add more than"));

  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) deep += text::cat("a", i, ": &a", i, " [*a", i - 1, "]\n");
  CHECK_THAT(error(deep), ContainsSubstring("deeper than 32"));
  CHECK_THAT(error("a: &a [*a]\n"), ContainsSubstring("itself a part of"));
}

TEST_CASE("a quoted text that is never closed does not swallow the rest of the file in silence") {
  for (const char* open : {"a: 'open", "a: 'open\n", "a: \"open\n\n", "a: 'open\nb: 1\n   "}) {
    INFO(open);
    CHECK_THAT(error(open), ContainsSubstring("EOF in scalar"));
  }
  CHECK(parse_yaml("a: |\n  x\n")->find("a")->scalar == "x\n");
  CHECK(parse_yaml("a: |+\n  x\n\n")->find("a")->scalar == "x\n\n");
  CHECK(parse_yaml("a: >-\n  x\n  y\n")->find("a")->scalar == "x y");
}
