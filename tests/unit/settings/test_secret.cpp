#include <type_traits>

#include "common/log/log.hpp"
#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;
using settings::Secret;

namespace {
template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
}  // namespace

TEST_CASE("a secret cannot be printed or turned into a string by accident") {
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string_view>);
}

TEST_CASE("a secret is masked in the log from the moment it is read, and kept byte for byte") {
  One<Secret> one;
  REQUIRE(one.from_env("\"s3cr3t-in-quotes\"\n"));
  CHECK(one.value.reveal() == "\"s3cr3t-in-quotes\"\n");
  CHECK_THAT(log::redact("token \"s3cr3t-in-quotes\" sent"), ContainsSubstring("***"));
}

TEST_CASE("secrets in a list and in a map are masked too") {
  One<std::map<std::string, Secret>> map;
  REQUIRE(map.from_env(R"({"password":"pa55-in-map"})"));
  CHECK(map.value.at("password").reveal() == "pa55-in-map");
  One<std::vector<Secret>> list;
  REQUIRE(list.from_env(R"(["pa55-in-list"])"));
  CHECK(log::redact("pa55-in-map pa55-in-list") == "*** ***");
}

TEST_CASE("no error shows a secret, whatever is wrong with it") {
  const std::string secret = "hunter2-hunter2";
  One<std::map<std::string, Secret>> map;
  for (const std::string& text : {secret, "{\"a\": \"" + secret, "{\"a\":[\"" + secret + "\"]}",
                                  "a=" + secret + ",a=" + secret}) {
    const std::string error = map.error_from_env(text);
    INFO(error);
    CHECK(error != "accepted");
    CHECK(error.find("hunter2") == std::string::npos);
  }
  One<Secret> one;
  const std::string flag = error_of(one.read({"--x", secret}));
  CHECK(flag.find("hunter2") == std::string::npos);
  CHECK_THAT(flag, ContainsSubstring("use PLUGIN_X, PLUGIN_X_FILE or --x-file"));
  const std::string mistyped = error_of(one.read({}, {{"PLUGIN_PASWORD", secret}}));
  CHECK(mistyped == "PLUGIN_PASWORD: there is no such setting");
}

TEST_CASE("a token that was given with a line break behind it is the token alone") {
  for (const char* given : {"secret", "secret\n", "secret\r\n", "secret\n\n", " secret "}) {
    INFO(given);
    const auto token = bearer_token("token", Secret(given));
    REQUIRE(token);
    CHECK(*token == "secret");
  }
}

TEST_CASE("what no header can carry is no token, and is not shown") {
  for (const char* given : {"", "\n", "two words", "two\nlines", "s\xc3\xa9same"}) {
    INFO(given);
    const auto token = bearer_token("previous_token", Secret(given));
    REQUIRE_FALSE(token);
    CHECK(token.error().kind == stagegate::Failure::Kind::usage);
    CHECK(token.error().message.starts_with("previous_token: "));
    CHECK(token.error().message.find("two") == std::string::npos);
  }
}
