// Who a token's owner is, and what that person may do.
#include <fstream>

#include "plugins/market-hours-check/identity/identity.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"
#include "tests/unit/market-hours-identity/signed_token.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using text::Json;

namespace {

class SignIn {
 public:
  SignIn() {
    write(key_set({provider.public_key()}));
    settings.issuer = "https://id.example.com";
    settings.audience = "stagegate";
    settings.jwks_file = directory / "jwks.json";
    settings.permitted = {.break_glass = {"oncall"}, .approve = {"*"}};
  }
  void write(const std::string& keys) const { std::ofstream(directory / "jwks.json") << keys; }
  Json claims() const {
    return Json()
        .set("iss", settings.issuer)
        .set("aud", settings.audience)
        .set("exp", clock.now().time_since_epoch().count() + 300)
        .set("sub", "1234")
        .set("email", "ann@example.com")
        .set("groups", Json::Array{"dev", "oncall"});
  }
  Result<audit::Actor> ask(const Json& given, Act act = Act::break_glass) {
    const auto token = provider.sign(given);
    auto identity = OidcIdentity::open(settings, clock);
    REQUIRE(identity);
    return (*identity)->identify({http, token, act, "stonks", "live"});
  }

  tests::Directory directory;
  Provider provider{Provider::Kind::ed25519, "one"};
  OidcSettings settings;
  time::ManualClock clock{time::parse_instant("2026-11-24T18:00:00Z").value()};
  http::ServerRequest http;
};

}  // namespace

TEST_CASE("a person in the right group is recognised by name") {
  SignIn door;
  const auto actor = door.ask(door.claims());
  REQUIRE(actor);
  CHECK(actor->name == "ann@example.com");
  CHECK(actor->kind == "human");
  CHECK(actor->via == "oidc");
  CHECK(actor->raw == "https://id.example.com 1234");
  CHECK(actor->verified);
}

TEST_CASE("a person in no such group may not, and is told which it takes") {
  SignIn door;
  for (const auto& groups : {Json(), Json(Json::Array{"dev"}), Json("oncall2"), Json(7)}) {
    const auto actor = door.ask(door.claims().set("groups", groups));
    REQUIRE_FALSE(actor);
    CHECK(actor.error().kind == Failure::Kind::refused);
    CHECK_THAT(actor.error().message, ContainsSubstring("takes the group oncall"));
  }
  CHECK(door.ask(door.claims().set("groups", Json()), Act::approve));
  CHECK(door.ask(door.claims().set("groups", "oncall")));
}

TEST_CASE("no group that may means that nobody may") {
  SignIn door;
  door.settings.permitted = {};
  CHECK_FALSE(door.ask(door.claims()));
  CHECK_FALSE(door.ask(door.claims(), Act::approve));
}

TEST_CASE("a token without a name, or with an address that nobody has verified, is nobody's") {
  SignIn door;
  for (const auto& given :
       {door.claims().set("email", ""), door.claims().set("email", nullptr),
        door.claims().set("email_verified", false), door.claims().set("email_verified", "true")}) {
    const auto actor = door.ask(given);
    REQUIRE_FALSE(actor);
    CHECK(actor.error().kind == Failure::Kind::usage);
  }
  CHECK(door.ask(door.claims().set("email_verified", true)));
}

TEST_CASE("the name can be another claim") {
  SignIn door;
  door.settings.name_claim = "preferred_username";
  CHECK(door.ask(door.claims().set("preferred_username", "ann"))->name == "ann");
}

TEST_CASE("keys that are replaced count from the next request on") {
  SignIn door;
  const Provider next(Provider::Kind::ed25519, "two");
  door.write(key_set({next.public_key()}));
  const auto actor = door.ask(door.claims());
  REQUIRE_FALSE(actor);
  CHECK_THAT(actor.error().message, ContainsSubstring("has the provider changed its keys?"));
}

TEST_CASE("keys that cannot be read are found at the start") {
  SignIn door;
  door.write("{}");
  const auto identity = OidcIdentity::open(door.settings, door.clock);
  REQUIRE_FALSE(identity);
  CHECK(identity.error().kind == Failure::Kind::unknown);
}
