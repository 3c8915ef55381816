#include "common/log/log.hpp"

#include <cstdio>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "common/log/mask.hpp"
#include "tests/catch.hpp"

using namespace stagegate;

namespace {

// What `write` puts on stderr, read back through a temporary file.
template <class Write>
std::string on_stderr(Write write) {
  std::fflush(stderr);
  std::FILE* file = std::tmpfile();
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  write();
  std::fflush(stderr);
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  std::string text(10'000, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

std::string masked(std::string_view secret, std::string text) {
  return log::replace_all(std::move(text), log::forms_of(secret));
}

}  // namespace

TEST_CASE("a secret is masked as it is, and everywhere it stands") {
  CHECK(masked("hunter22", "user:hunter22 and hunter22") == "user:*** and ***");
}

TEST_CASE("a secret is masked in URL-encoded form") {
  CHECK(masked("a b/c?d", "x=a%20b%2Fc%3Fd") == "x=***");
  CHECK(masked("a b/c?d", "x=a%20b%2fc%3fd") == "x=***");
  CHECK(masked("a b/c?d", "x=a+b%2Fc%3Fd") == "x=***");
}

TEST_CASE("a secret is masked in JSON-escaped form") {
  CHECK(masked("say \"hi\"\tyou", R"({"p":"say \"hi\"\tyou"})") == R"({"p":"***"})");
}

TEST_CASE("a secret is masked in base64, wherever in the encoded text it begins") {
  CHECK(masked("hunter22!", "aHVudGVyMjIh") == "***");
  // "u:hunter22!", "bo:hunter22!x" and "xxxx:hunter22!": what stays belongs to the neighbours.
  CHECK(masked("hunter22!", "dTpodW50ZXIyMiE=") == "dTp***E=");
  CHECK(masked("hunter22!", "Ym86aHVudGVyMjIheA==") == "Ym86***eA==");
  CHECK(masked("hunter22!", "eHh4eDpodW50ZXIyMiE=") == "eHh4eDp***E=");
}

TEST_CASE("a secret is masked in the URL-safe alphabet of base64 too") {
  CHECK(masked("\xfb\xff\xfe\xfb\xff\xfe", "-__--__-") == "***");
  CHECK(masked("\xfb\xff\xfe\xfb\xff\xfe", "+//++//+") == "***");
}

TEST_CASE("every line of a secret is masked, but not the short ones that would blot out the log") {
  const std::string key = "-----BEGIN KEY-----\nabcdefgh\r\n{\nxyz\n-----END KEY-----\n";
  CHECK(masked(key, "line abcdefgh here") == "line *** here");
  CHECK(masked(key, "{ xyz }") == "{ xyz }");
  CHECK(masked(key, key) == "***");
}

TEST_CASE("the longer of two secrets is masked whole, also when it contains the shorter") {
  log::mask("token-one");
  log::mask("token-one-and-more");
  CHECK(log::redact("token-one-and-more token-one") == "*** ***");
}

TEST_CASE("an empty or tiny secret masks nothing") {
  CHECK(masked("", "text") == "text");
  CHECK(masked("abc", "abc") == "abc");
  CHECK(masked("\n", "a\nb") == "a\nb");
}

TEST_CASE("a line goes to stderr with time and level, without secrets") {
  log::set_up({});
  log::mask("s3cr3t-value");
  const auto text = on_stderr([] { log::warning("token s3cr3t-value refused"); });
  CHECK_THAT(text,
             Catch::Matchers::Matches(
                 "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z warning token \\*\\*\\* refused\n"));
}

TEST_CASE("lines below the level are left out") {
  log::set_up({.least = log::Level::warning});
  CHECK(on_stderr([] {
          log::debug("d");
          log::info("i");
        }).empty());
  CHECK_FALSE(on_stderr([] { log::error("e"); }).empty());
}

TEST_CASE("control characters from outside cannot move the cursor or forge a line") {
  log::set_up({});
  const auto text = on_stderr([] { log::info("a\x1b[2Jb\rc\x7f"); });
  CHECK_THAT(text, ContainsSubstring("a\\x1b[2Jb\\x0dc\\x7f"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("each line of a longer message gets its own time and level") {
  log::set_up({});
  const auto text = on_stderr([] { log::error("one\ntwo"); });
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK_THAT(text, ContainsSubstring("error two"));
}

TEST_CASE("as JSON each line is one object, whatever the message holds") {
  log::set_up({.json = true});
  const auto text = on_stderr([] { log::info("say \"hi\" 100%n"); });
  CHECK_THAT(text,
             Catch::Matchers::Matches("\\{\"time\":\"[^\"]+Z\",\"level\":\"info\",\"message\":"
                                      "\"say \\\\\"hi\\\\\" 100%n\"\\}\n"));
  log::set_up({});
}

TEST_CASE("colour is there only when asked for") {
  log::set_up({.colour = true});
  CHECK_THAT(on_stderr([] { log::error("x"); }), ContainsSubstring("\x1b["));
  log::set_up({});
  CHECK_THAT(on_stderr([] { log::error("x"); }), !ContainsSubstring("\x1b["));
}
