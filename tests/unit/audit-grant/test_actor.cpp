// Whether two names are one person's, where two people have to agree.
#include "common/audit/record/actor.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit;

TEST_CASE("one person is recognised in the forms that systems write") {
  const Actor ann{.name = "ann@example.com", .kind = "human", .raw = "oidc:1234"};
  CHECK(may_be_same(ann, "email:Ann@Example.com"));
  CHECK(may_be_same(ann, "ann"));
  CHECK(may_be_same(ann, "kubernetes:ann"));
  CHECK(may_be_same(ann, "oidc:1234"));
  CHECK_FALSE(may_be_same(ann, "ann@example.org"));
  CHECK_FALSE(may_be_same(ann, "bob@example.com"));
  CHECK_FALSE(may_be_same(ann, ""));
}

TEST_CASE("one person is recognised by the subject of the token, which Kargo may know her by") {
  const Actor ann{
      .name = "ann@example.com", .kind = "human", .raw = "https://id.example.com CiQxMjM0"};
  CHECK(may_be_same(ann, "subject:CiQxMjM0"));
  CHECK(may_be_same(ann, "CiQxMjM0"));
  CHECK_FALSE(may_be_same(ann, "subject:CiQ5OTk5"));
  CHECK_FALSE(may_be_same(Actor{.name = "ann", .raw = "https://id.example.com "}, "bob"));
}

TEST_CASE("names that say nothing about who it was are nobody's") {
  for (const auto* name : {"", " ", "admin", "unknown actor", "kubernetes:system:admin"}) {
    CHECK(is_nobody(name));
  }
  CHECK_FALSE(is_nobody("email:ann@example.com"));
}

TEST_CASE("an actor is read back as it was written") {
  const Actor actor{
      .name = "ann", .kind = "human", .via = "kubernetes", .raw = "oidc:ann", .verified = true};
  const auto json = json_of(actor);
  const Actor read = actor_of(&json);
  CHECK(read.name == "ann");
  CHECK(read.kind == "human");
  CHECK(read.via == "kubernetes");
  CHECK(read.raw == "oidc:ann");
  CHECK(read.verified);
  CHECK(actor_of(nullptr).name.empty());
}
