#include <random>
#include <string>

#include "plugins/gitea-mirror/plan/glob.hpp"
#include "plugins/gitea-mirror/plan/select.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

// The same by the definition, trying everything.
bool slow_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.substr(0, 2) == "**") {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (slow_matches(pattern.substr(2), text.substr(at))) return true;
    }
    return false;
  }
  if (pattern[0] == '*') {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (slow_matches(pattern.substr(1), text.substr(at))) return true;
      if (at < text.size() && text[at] == '/') return false;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '?' ? text[0] == '/' : text[0] != pattern[0]) return false;
  return slow_matches(pattern.substr(1), text.substr(1));
}

std::string random_text(std::mt19937& random, std::string_view letters, std::size_t longest) {
  std::string text;
  for (std::size_t left = random() % longest; left > 0; --left) {
    text += letters[random() % letters.size()];
  }
  return text;
}

std::string trouble(const std::string& pattern) {
  const auto glob = Glob::parse(pattern);
  return glob ? "fine" : glob.error().message;
}

bool takes(const std::vector<std::string>& include, const std::vector<std::string>& exclude,
           std::string_view ref) {
  const auto selection = Selection::make(include, exclude);
  REQUIRE(selection);
  return selection->takes(ref);
}

}  // namespace

TEST_CASE("a star stays within its part of a name, two stars do not") {
  CHECK(glob_matches("*", "main"));
  CHECK_FALSE(glob_matches("*", "a/b"));
  CHECK(glob_matches("**", "a/b"));
  CHECK(glob_matches("release/*", "release/1.0"));
  CHECK_FALSE(glob_matches("release/*", "release/1.0/x"));
  CHECK(glob_matches("release/**", "release/1.0/x"));
  CHECK(glob_matches("**/x", "a/b/x"));
  CHECK_FALSE(glob_matches("**/x", "x"));
  CHECK(glob_matches("v?.*", "v1.20"));
  CHECK_FALSE(glob_matches("v?", "v/"));
  CHECK(glob_matches("", ""));
  CHECK_FALSE(glob_matches("", "a"));
  CHECK(glob_matches("a*", "a"));
  CHECK_FALSE(glob_matches("a", "A"));
}

TEST_CASE("patterns match what they mean, tried against everything") {
  std::mt19937 random(11);
  int matching = 0;
  for (int round = 0; round < 30'000; ++round) {
    const std::string pattern = random_text(random, "ab/***?", 9);
    const std::string text = random_text(random, "ab/", 10);
    CAPTURE(pattern, text);
    const bool wanted = slow_matches(pattern, text);
    matching += wanted ? 1 : 0;
    REQUIRE(glob_matches(pattern, text) == wanted);
  }
  CHECK(matching > 1'000);
}

TEST_CASE("a long name against many stars takes no time") {
  std::string pattern;
  for (int at = 0; at < 200; ++at) pattern += "*a";
  CHECK_FALSE(glob_matches(pattern + "b", std::string(4'000, 'a')));
}

TEST_CASE("patterns that can match nothing are refused") {
  CHECK(trouble("release/*") == "fine");
  CHECK(trouble("refs/**") == "fine");
  CHECK(trouble("refs/h*") == "fine");
  CHECK(trouble("refs/tags/v*") == "fine");
  CHECK(trouble("refs/heads/main") == "fine");
  for (const char* pattern : {"", "a b", "[ab]", "a\\*", "a^", "a~1", "a:b"}) {
    CHECK_THAT(trouble(pattern), ContainsSubstring("can match no ref"));
  }
  CHECK_THAT(trouble(std::string(501, 'a')), ContainsSubstring("can match no ref"));
  for (const char* pattern : {"refs/pull/*", "refs/notes/*", "refs/pull*", "refs/for/main"}) {
    CHECK_THAT(trouble(pattern), ContainsSubstring("is ever mirrored"));
  }
}

TEST_CASE("include and exclude choose among branches and tags") {
  CHECK(takes({}, {}, "refs/heads/a/b"));
  CHECK(takes({"release/*"}, {}, "refs/heads/release/1"));
  CHECK(takes({"release/*"}, {}, "refs/tags/release/1"));
  CHECK_FALSE(takes({"refs/tags/**"}, {}, "refs/heads/release/1"));
  CHECK_FALSE(takes({"main"}, {}, "refs/heads/dev"));
  CHECK_FALSE(takes({"**"}, {"tmp/**"}, "refs/heads/tmp/x"));
  CHECK(takes({"main", "refs/tags/v*"}, {"refs/tags/*-rc*"}, "refs/tags/v1"));
  CHECK_FALSE(takes({"main", "refs/tags/v*"}, {"refs/tags/*-rc*"}, "refs/tags/v1-rc1"));
  const auto bad = Selection::make({"a b", "refs/pull/*"}, {"[x]"});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().kind == Failure::Kind::usage);
  CHECK_THAT(bad.error().message, ContainsSubstring("include: \"a b\""));
  CHECK_THAT(bad.error().message, ContainsSubstring("refs/pull/*"));
  CHECK_THAT(bad.error().message, ContainsSubstring("exclude: \"[x]\""));
}

TEST_CASE("no setting brings in what is never mirrored") {
  for (const char* ref : {"HEAD", "refs/pull/1/head", "refs/for/main", "refs/remotes/origin/main",
                          "refs/notes/commits", "refs/heads/HEAD", "refs/heads/refs/heads/x",
                          "refs/stash", "refs/changes/01/1/1"}) {
    CHECK(is_never_mirrored(ref));
    CHECK_FALSE(takes({"**", "refs/**"}, {}, ref));
  }
  CHECK_FALSE(is_never_mirrored("refs/tags/HEAD"));
  CHECK_FALSE(is_never_mirrored("refs/heads/pull/1"));
}
