// Which keys of a provider are taken.
#include "plugins/market-hours-check/identity/jwks.hpp"
#include "tests/catch.hpp"
#include "tests/unit/market-hours-identity/signed_token.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using text::Json;

TEST_CASE("keys for encryption, of other kinds and without a name are passed over") {
  const Provider good(Provider::Kind::ed25519, "good");
  auto encrypting = Provider(Provider::Kind::p256, "enc").public_key();
  encrypting.set("use", "enc");
  const auto keys = SigningKeys::parse(
      key_set({encrypting, Json().set("kty", "oct").set("kid", "shared").set("k", "c2VjcmV0"),
               Json().set("kty", "EC").set("crv", "P-521").set("kid", "large"),
               Provider(Provider::Kind::p256, "").public_key(), good.public_key()}));
  REQUIRE(keys);
  CHECK(keys->knows("good"));
  for (const auto* id : {"enc", "shared", "large", ""}) CHECK_FALSE(keys->knows(id));
}

TEST_CASE("a set without a usable key, and what is no set, are refused") {
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", "nonsense"}) {
    CHECK_FALSE(SigningKeys::parse(text));
  }
}

TEST_CASE("a weak or damaged key spoils the set, so that somebody notices") {
  CHECK_FALSE(
      SigningKeys::parse(key_set({Provider(Provider::Kind::weak_rsa, "weak").public_key()})));
  auto off_curve = Provider(Provider::Kind::p256, "off").public_key();
  off_curve.set("x", off_curve.text("y"));
  CHECK_FALSE(SigningKeys::parse(key_set({off_curve})));
  auto cut = Provider(Provider::Kind::ed25519, "cut").public_key();
  cut.set("x", cut.text("x").substr(4));
  CHECK_FALSE(SigningKeys::parse(key_set({cut})));
}
