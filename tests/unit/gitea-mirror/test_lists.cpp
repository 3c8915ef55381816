#include <random>
#include <set>
#include <string>

#include "plugins/gitea-mirror/wire/oid_list.hpp"
#include "plugins/gitea-mirror/wire/ref_list.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

TEST_CASE("a list of object ids keeps their order until it is sorted, then each once") {
  OidList list;
  for (const int number : {3, 1, 2, 3, 1}) list.add(oid(number));
  CHECK(list.size() == 5);
  CHECK(list[0] == oid(3));
  list.sort();
  REQUIRE(list.size() == 3);
  CHECK(list[0] == oid(1));
  CHECK(list[2] == oid(3));
  CHECK(list.contains(oid(2)));
  CHECK_FALSE(list.contains(oid(4)));
  CHECK_FALSE(list.contains(oid('a', 64)));
  CHECK_THROWS(list.add(oid('a', 64)));
  OidList none;
  none.sort();
  CHECK_FALSE(none.contains(oid(1)));
}

TEST_CASE("long object ids are told apart by their last byte") {
  OidList list(HashFormat::sha256);
  const Oid one = *Oid::parse(hex('a', 63) + "1");
  const Oid two = *Oid::parse(hex('a', 63) + "2");
  list.add(two);
  list.add(one);
  list.sort();
  CHECK(list.size() == 2);
  CHECK(list[0] == one);
  CHECK(list.contains(two));
}

TEST_CASE("refs are found by their names, in whichever order they came") {
  std::mt19937 random(7);
  std::set<std::string> names;
  RefList list;
  while (names.size() < 5'000) {
    const std::string name = "refs/heads/b" + std::to_string(random() % 1'000'000);
    if (!names.insert(name).second) continue;
    REQUIRE(list.add(name, oid(static_cast<int>(names.size()))));
  }
  REQUIRE(list.sort());
  REQUIRE(list.size() == names.size());
  std::size_t at = 0;
  for (const std::string& name : names) {
    CHECK(list.name(at) == name);
    CHECK(list.find(name) == at);
    ++at;
  }
  CHECK_FALSE(list.find("refs/heads/"));
  CHECK_FALSE(list.find("refs/heads/zzz"));
}

TEST_CASE("what is below a ref's name is found") {
  const auto refs = snapshot({{"refs/heads/a-b", oid(1)}, {"refs/heads/a/b", oid(2)}}).refs;
  CHECK(refs.any_below("refs/heads/a"));
  CHECK_FALSE(refs.any_below("refs/heads/a-b"));
  CHECK_FALSE(refs.any_below("refs/heads/a/b"));
  CHECK_FALSE(refs.any_below("refs/tags"));
}

TEST_CASE("a list of refs takes neither odd names nor another format nor a name twice") {
  RefList list;
  CHECK_FALSE(list.add("refs/heads/a b", oid(1)));
  CHECK_FALSE(list.add("refs/heads/a", oid('a', 64)));
  REQUIRE(list.add("refs/heads/a", oid(1)));
  REQUIRE(list.add("refs/heads/a", oid(1)));
  const auto sorted = list.sort();
  REQUIRE_FALSE(sorted);
  CHECK(sorted.error().message == "refs/heads/a is listed twice");
}

TEST_CASE("names as long as they may be stay whole, block after block") {
  RefList list(HashFormat::sha256);
  for (int at = 0; at < 100; ++at) {
    const std::string name = "refs/tags/" + std::string(4'000, 'x') + std::to_string(1'000 + at);
    REQUIRE(list.add(name, oid('b', 64)));
  }
  REQUIRE(list.sort());
  CHECK(list.name(42).substr(4'010) == "1042");
  CHECK(list.oid(99) == oid('b', 64));
}

TEST_CASE("more refs than anybody has are refused") {
  RefList list;
  std::string trouble;
  for (int at = 0; at <= 2'000'000 && trouble.empty(); ++at) {
    const auto added = list.add("refs/tags/" + std::to_string(at), oid('a'));
    if (!added) trouble = added.error().message;
  }
  CHECK_THAT(trouble, ContainsSubstring("more refs than can be mirrored"));
  CHECK(list.size() == 2'000'000);
}
