#include "plugins/audit-writer/watch/deed.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {
namespace {

struct Row {
  const char* kargo;
  const char* name;
  const char* kind;
  bool verified;
};

TEST_CASE("everybody whom Kargo names is somebody of a kind, vouched for or not") {
  const Row rows[] = {
      {"email:ann@example.com", "ann@example.com", "human", true},
      {"subject:CiQwOGE4", "CiQwOGE4", "human", true},
      {"preferred_username:ann", "ann", "human", true},
      {"kubernetes:bob", "bob", "human", true},
      {"kubernetes:system:serviceaccount:ci:bot", "system:serviceaccount:ci:bot", "service", true},
      {"kubernetes:system:node:n1", "system:node:n1", "service", true},
      {"kubernetes:system:admin", "system:admin", "unknown", false},
      {"controller:kargo-controller", "kargo-controller", "service", true},
      {"admin", "admin", "unknown", false},
      {"unknown actor", "unknown actor", "unknown", false},
      {"email:", "email:", "unknown", false},
      {"", "unknown", "unknown", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.kargo);
    Deed deed;
    deed.actor = row.kargo;
    const auto actor = actor_of(deed);
    CHECK(actor.name == row.name);
    CHECK(actor.kind == row.kind);
    CHECK(actor.verified == row.verified);
    CHECK(actor.raw == row.kargo);
    CHECK(actor.via == "kargo");
  }
}

TEST_CASE("what only an Event says is vouched for by nobody") {
  Deed deed;
  deed.actor = "email:ann@example.com";
  deed.claimed = true;
  CHECK_FALSE(actor_of(deed).verified);
  deed.automatic = true;
  CHECK_FALSE(actor_of(deed).verified);
}

TEST_CASE("a promotion without a creator is Kargo's own") {
  Deed deed;
  deed.automatic = true;
  CHECK(actor_of(deed).name == "auto-promotion");
  CHECK(actor_of(deed).kind == "service");
  CHECK(actor_of(deed).raw.empty());
}

TEST_CASE("a name that is too long is cut between two characters") {
  Deed deed;
  deed.actor = "email:";
  for (int i = 0; i < 400; ++i) deed.actor += "\xC3\xA9";  // two bytes each
  const auto actor = actor_of(deed);
  CHECK(actor.name.size() == 320);
  CHECK(actor.raw.size() == 512);
}

}  // namespace
}  // namespace stagegate::audit_writer
