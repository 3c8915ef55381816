#include "common/text/yaml_plain.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::fit_for_plain;
using text::plain_stays_text;

TEST_CASE("what some parser of YAML would take for something else is no plain text") {
  for (const char* plain : {"1234567",
                            "0123456",
                            "0x1f",
                            "0X1F",
                            "0o17",
                            "0b101",
                            "1_000",
                            "12:30:45",
                            "190:20:30.15",
                            "1.10",
                            ".5",
                            "5.",
                            "1e3",
                            "123e456",
                            "1E+3",
                            "12e03",
                            "-1",
                            "+1",
                            "-0x1f",
                            ".inf",
                            "-.Inf",
                            ".NaN",
                            "~",
                            "null",
                            "NULL",
                            "on",
                            "Off",
                            "yes",
                            "NO",
                            "y",
                            "N",
                            "true",
                            "False",
                            "2026-08-22",
                            "2001-12-14t21:59:43.10-05:00",
                            "",
                            "=",
                            "<<",
                            "0",
                            "685_230.15",
                            "0000000"}) {
    INFO(plain);
    CHECK_FALSE(plain_stays_text(plain));
    CHECK_FALSE(fit_for_plain(plain));
  }
}

TEST_CASE("texts that look like texts may stay plain") {
  for (const char* plain :
       {"v1", "1.2.3", "4f2a9c1d", "v1.2.3-rc.1", "abcdef0", "e5", "a_b", "latest", "sha256:4f2a",
        "nullable", "one", "2026-release", "0x", "1e", "-"}) {
    INFO(plain);
    CHECK(plain_stays_text(plain));
  }
}

TEST_CASE("only what begins with a letter and has no special character is written plain") {
  for (const char* value : {"v1", "v1.2.3-rc.1", "abcdef0", "e5", "a_b", "x/y", "latest"}) {
    INFO(value);
    CHECK(fit_for_plain(value));
  }
  for (const char* value :
       {"1.2.3", "4f2a9c1d", "-a", "+a", ".a", "_a", "a b",      "a#b",  "a: b",
        "a:b",   "a,b",      "[a", "{a", "*a", "&a", "!a",       "|",    ">",
        "'a",    "\"a",      "%a", "@a", "`a", "a'", "a\"",      "a\\b", "a]",
        "a}",    "a=b",      "é",  "?a", " a", "a ", "infinity", "INF",  "nan"}) {
    INFO(value);
    CHECK_FALSE(fit_for_plain(value));
  }
}
