#include "common/text/harmless.hpp"
#include "tests/catch.hpp"

using stagegate::text::harmless;
using stagegate::text::harmless_lines;

TEST_CASE("what could rewrite a terminal is shown instead of obeyed") {
  CHECK(harmless("\x1b[2Jx\x7f\xc2\x9b") == "\\u001b[2Jx\\u007f\\u009b");
  CHECK(harmless("a\r\n\tb") == "a\\u000d\\u000a\\u0009b");
}

TEST_CASE("what turns text around, or cannot be seen, is shown") {
  CHECK(harmless("\u202Egnp\u202C \u2066x\u2069 \u200B\uFEFF\u2028") ==
        "\\u202egnp\\u202c \\u2066x\\u2069 \\u200b\\ufeff\\u2028");
  // A tag character, beyond 16 bits: two units, as in JSON.
  CHECK(harmless("\U000E0041") == "\\udb40\\udc41");
}

TEST_CASE("what people write in their own scripts stays as it is") {
  const std::string text = "caf\u00e9 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d \U0001F680";
  CHECK(harmless(text) == text);
}

TEST_CASE("malformed UTF-8 becomes the replacement character, byte by byte") {
  CHECK(harmless("a\xff\xc3"
                 "b") ==
        "a\uFFFD\uFFFD"
        "b");
}

TEST_CASE("line feeds and tabs stay where lines are shown as lines") {
  CHECK(harmless_lines("a\n\tb\r") == "a\n\tb\\u000d");
}
