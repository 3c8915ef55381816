#include <limits>

#include "common/text/text.hpp"
#include "tests/catch.hpp"

using namespace stagegate;

TEST_CASE("white space is trimmed at both ends and nowhere else") {
  CHECK(text::trim(" \t\r\n a b \n") == "a b");
  CHECK(text::trim(" \n").empty());
  CHECK(text::trim("").empty());
  CHECK(text::trim("\xC2\xA0x") == "\xC2\xA0x");
}

TEST_CASE("splitting keeps empty pieces, and joining undoes it") {
  using Pieces = std::vector<std::string_view>;
  CHECK(text::split("a,,b", ',') == Pieces{"a", "", "b"});
  CHECK(text::split("", ',') == Pieces{""});
  CHECK(text::split(",", ',') == Pieces{"", ""});
  CHECK(text::join({"a", "", "b"}, ",") == "a,,b");
  CHECK(text::join({}, ",").empty());
}

TEST_CASE("case changes touch ASCII letters only") {
  CHECK(text::lower("AbZ[Ü") == "abz[Ü");
  CHECK(text::upper("abz{ü") == "ABZ{ü");
}

TEST_CASE("a whole number is taken whole or not at all") {
  CHECK(text::parse_int("42") == 42);
  CHECK(text::parse_int("+5") == 5);
  CHECK(text::parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const char* word : {"", "+", "-", "+-5", " 1", "1 ", "1.0", "0x1", "9223372036854775808"}) {
    INFO(word);
    CHECK_FALSE(text::parse_int(word).has_value());
  }
}

TEST_CASE("the nearest word is what was mistyped, and strangers are not near") {
  const std::vector<std::string> names{"calendar", "need", "timeout", "at"};
  CHECK(text::nearest("calender", names) == "calendar");
  CHECK(text::nearest("nede", names) == "need");
  CHECK(text::nearest("tiemout", names) == "timeout");
  CHECK(text::nearest("timeot", names) == "timeout");
  CHECK(text::nearest("zzz", names).empty());
  CHECK(text::nearest("", names).empty());
  CHECK(text::nearest("x", {"y"}).empty());
  CHECK(text::nearest(std::string(100'000, 'a'), names).empty());
}

TEST_CASE("quoted text cannot move a terminal's cursor") {
  CHECK(text::quoted("a\"\\b") == R"("a\"\\b")");
  CHECK(text::quoted("\n\r\t\x1B[2J\x7F") == R"("\n\r\t\x1b[2J\x7f")");
  CHECK(text::quoted("zażółć") == "\"zażółć\"");
  CHECK(text::quoted("\xC2\x9B") == R"("\xc2\x9b")");
  CHECK(text::quoted("\xFF\xE2\x82") == R"("\xff\xe2\x82")");
}

TEST_CASE("quoted text is cut between characters") {
  CHECK(text::quoted("abcdef", 3) == "\"abc\"...");
  CHECK(text::quoted("aaż", 3) == "\"aa\"...");
  CHECK(text::quoted("abc", 3) == "\"abc\"");
}

TEST_CASE("only well-formed UTF-8 counts as a character") {
  const auto length = [](std::string_view bytes) { return text::utf8_sequence(bytes, 0); };
  CHECK(length("a") == 1);
  CHECK(length("ż") == 2);
  CHECK(length("€") == 3);
  CHECK(length("🚦") == 4);
  CHECK(length("\xF4\x8F\xBF\xBF") == 4);
  for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82",
                          "\xC2"
                          "a"}) {
    CHECK(length(bad) == 0);
  }
  CHECK(length("") == 0);
}

TEST_CASE("secrets are equal only when every byte is") {
  CHECK(text::equal_secret("abc", "abc"));
  CHECK(text::equal_secret("", ""));
  CHECK_FALSE(text::equal_secret("abc", "abd"));
  CHECK_FALSE(text::equal_secret("abc", "Xbc"));
  CHECK_FALSE(text::equal_secret("abc", "abcd"));
  CHECK_FALSE(text::equal_secret(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST_CASE("texts and whole numbers are joined") {
  CHECK(text::cat("line ", 12, ": ", std::string("x"), 'c', -1, 7u) == "line 12: xc-17");
}
