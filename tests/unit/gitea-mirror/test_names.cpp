#include "plugins/gitea-mirror/wire/oid.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

TEST_CASE("an object id has 40 or 64 hexadecimal digits") {
  const std::string mixed = "0123456789abcdef0123456789ABCDEF01234567";
  CHECK(Oid::parse(mixed)->hex() == "0123456789abcdef0123456789abcdef01234567");
  CHECK(oid('a').format() == HashFormat::sha1);
  CHECK(oid('a', 64).format() == HashFormat::sha256);
  CHECK(oid('a', 64).hex() == hex('a', 64));
  CHECK_FALSE(oid('a') == oid('a', 64));
  for (const std::size_t digits : {0, 1, 39, 41, 63, 65, 128}) {
    CHECK_FALSE(Oid::parse(hex('a', digits)));
  }
  CHECK_FALSE(Oid::parse(hex('g')));
  CHECK_FALSE(Oid::parse(hex('a', 39) + " "));
  CHECK(oid('0').is_zero());
  CHECK(Oid::zero(HashFormat::sha256).hex() == hex('0', 64));
  CHECK_FALSE(oid(1).is_zero());
}

TEST_CASE("names of refs keep git's rules") {
  for (const char* good : {"refs/heads/main", "refs/tags/v1.0", "refs/heads/a/b/c", "refs/heads/-x",
                           "refs/heads/\xc3\xa4\xc3\xb6", "refs/heads/@", "refs/heads/a.lock.b",
                           "refs/notes/x", "refs/heads/{x}"}) {
    CHECK(is_ref_name(good));
  }
  for (const char* bad : {"",
                          "HEAD",
                          "refs/",
                          "refs/heads/",
                          "refs//x",
                          "refs/heads/.x",
                          "refs/heads/a..b",
                          "refs/heads/x.lock",
                          "refs/heads/x.lock/y",
                          "refs/heads/x.",
                          "refs/heads/a b",
                          "refs/heads/a\nb",
                          "refs/heads/a\tb",
                          "refs/heads/a~1",
                          "refs/heads/a^{}",
                          "refs/heads/a:b",
                          "refs/heads/a?",
                          "refs/heads/a*",
                          "refs/heads/a[b",
                          "refs/heads/a\\b",
                          "refs/heads/a@{b",
                          "refs/heads/a\x7f",
                          "heads/main"}) {
    CHECK_FALSE(is_ref_name(bad));
  }
  CHECK_FALSE(is_ref_name(std::string_view("refs/heads/a\0b", 14)));
  CHECK(is_ref_name("refs/heads/" + std::string(4'085, 'x')));
  CHECK_FALSE(is_ref_name("refs/heads/" + std::string(4'086, 'x')));
}

TEST_CASE("branches and tags are told apart") {
  CHECK(is_branch("refs/heads/x"));
  CHECK_FALSE(is_branch("refs/headsx"));
  CHECK(is_tag("refs/tags/x"));
  CHECK_FALSE(is_branch_or_tag("refs/pull/1/head"));
  CHECK(short_name("refs/heads/a/b") == "a/b");
  CHECK(short_name("refs/tags/v1") == "v1");
  CHECK(short_name("refs/notes/x") == "refs/notes/x");
}
