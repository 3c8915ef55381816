#include "common/text/yaml_path.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::parse_yaml_path;
using text::YamlStep;

TEST_CASE("a key path is keys, elements by number and elements by a key") {
  const auto path = parse_yaml_path(R"(spec.images[name=query\]api\.x][2].example\.com/tag)");
  REQUIRE(path);
  REQUIRE(path->steps.size() == 5);
  CHECK(path->steps[0].key == "spec");
  CHECK(path->steps[2].kind == YamlStep::Kind::match);
  CHECK(path->steps[2].key == "name");
  CHECK(path->steps[2].value == "query]api.x");
  CHECK(path->steps[3].kind == YamlStep::Kind::index);
  CHECK(path->steps[3].index == 2);
  CHECK(path->steps[4].key == "example.com/tag");
}

TEST_CASE("a key path is shown as it is written") {
  for (const char* written : {"tag", "image.tag", "[0].tag", "a[1][2]", R"(a[x\=y=z.w].b)",
                              R"(a\.b)", R"(a\[0\].c)", R"(a\\b)", "a[name=].b", "a b.c-d/e"}) {
    INFO(written);
    const auto path = parse_yaml_path(written);
    REQUIRE(path);
    const auto again = parse_yaml_path(path->text());
    REQUIRE(again);
    CHECK(again->text() == path->text());
  }
  CHECK(parse_yaml_path("image.tag")->text() == "image.tag");
  CHECK(parse_yaml_path("a[1].b")->text(2) == "a[1]");
}

TEST_CASE("a malformed key path is refused in plain words") {
  const auto words = [](std::string_view text) {
    const auto path = parse_yaml_path(text);
    return path ? std::string("accepted") : path.error().message;
  };
  CHECK(words("") == "a key path is empty: write for example image.tag");
  CHECK(words("image..tag") == "the key path \"image..tag\": a key is missing");
  for (const char* text : {".tag", "tag.", "a.[0]", "a[0]."}) {
    INFO(text);
    CHECK_THAT(words(text), ContainsSubstring("a key is missing"));
  }
  for (const char* text :
       {"a[", "a[]", "a[0", "a[-1]", "a[x]", "a[=x]", "a[x=", "a[01]", "a[9999999]"}) {
    INFO(text);
    CHECK_THAT(words(text), ContainsSubstring("in brackets stands a number from 0, or KEY=VALUE"));
  }
  CHECK_THAT(words("a[0]b"), ContainsSubstring("behind a ] comes"));
  CHECK_THAT(words(R"(a\b)"), ContainsSubstring("stands before"));
  CHECK_THAT(words("a\\"), ContainsSubstring("stands before"));
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += ".a";
  CHECK_THAT(words(deep), ContainsSubstring("too many steps"));
  CHECK_THAT(words(std::string(5000, 'a')), ContainsSubstring("too long"));
}
