#include "common/text/characters.hpp"
#include "tests/catch.hpp"

using namespace stagegate::text;

TEST_CASE("characters are code points, however many bytes they take") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("caf\u00e9 \U0001F680") == 6);
}

TEST_CASE("the first characters are whole ones") {
  CHECK(first_characters("\u4f60\u597d!", 1) == "\u4f60");
  CHECK(first_characters("\u4f60\u597d!", 3) == "\u4f60\u597d!");
  CHECK(first_characters("ab", 5) == "ab");
  CHECK(first_characters("\xff\xfe.", 2) == "\xff\xfe");
}

TEST_CASE("a cut by bytes leaves no half character") {
  CHECK(cut_at_character("a\u4f60", 4) == "a\u4f60");
  CHECK(cut_at_character("a\u4f60", 3) == "a");
  CHECK(cut_at_character("a\u4f60", 1) == "a");
  CHECK(cut_at_character("\u4f60", 2).empty());
}

TEST_CASE("a code point is read from its bytes and written as JSON escapes it") {
  CHECK(code_point("a") == 0x61);
  CHECK(code_point("\u00e9") == 0xE9);
  CHECK(code_point("\u4f60") == 0x4F60);
  CHECK(code_point("\U0001F680") == 0x1F680);
  std::string out;
  append_unicode_escape(out, 0x202E);
  append_unicode_escape(out, 0x1F680);
  CHECK(out == "\\u202e\\ud83d\\ude80");
}
