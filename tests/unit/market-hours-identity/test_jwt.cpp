// Which tokens are believed.
#include "plugins/market-hours-check/identity/jwt.hpp"
#include "tests/catch.hpp"
#include "tests/unit/market-hours-identity/signed_token.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using text::Json;

namespace {

constexpr std::int64_t kNow = 1'795'530'000;
constexpr Expected kExpected{.issuer = "https://id.example.com", .audience = "stagegate"};

Json claims() {
  return Json()
      .set("iss", "https://id.example.com")
      .set("aud", "stagegate")
      .set("exp", kNow + 300)
      .set("email", "ann@example.com");
}

const Provider& provider() {
  static const Provider made(Provider::Kind::p256, "one");
  return made;
}

SigningKeys keys_of(const Json::Array& keys) {
  return SigningKeys::parse(key_set(keys)).value();
}

Result<Json> opened(const std::string& token,
                    const SigningKeys& keys = keys_of({provider().public_key()})) {
  return open_token(token, keys, kExpected, time::Instant{time::seconds{kNow}});
}

std::string refusal(const std::string& token) {
  const auto answer = opened(token);
  if (answer) return "";
  CHECK(answer.error().kind == Failure::Kind::usage);
  return answer.error().message;
}

std::string refusal(const Json& given) {
  return refusal(provider().sign(given));
}

}  // namespace

TEST_CASE("a token is believed that one of the keys has signed, with each algorithm") {
  for (const auto kind : {Provider::Kind::rsa, Provider::Kind::p256, Provider::Kind::ed25519}) {
    const Provider made(kind, "one");
    const auto answer = opened(made.sign(claims()), keys_of({made.public_key()}));
    REQUIRE(answer);
    CHECK(answer->text("email") == "ann@example.com");
  }
}

TEST_CASE("a token of another key with the same name is refused, with each algorithm") {
  for (const auto kind : {Provider::Kind::rsa, Provider::Kind::p256, Provider::Kind::ed25519}) {
    const Provider made(kind, "one");
    const Provider other(kind, "one");
    CHECK_FALSE(opened(made.sign(claims()), keys_of({other.public_key()})));
  }
}

TEST_CASE("tokens without a signature are refused, however none is written") {
  for (const auto* name : {"none", "None", "NONE", ""}) {
    auto token = provider().sign(provider().header().set("alg", name), claims());
    CHECK_THAT(refusal(token), ContainsSubstring("none of RS256, ES256, EdDSA"));
    CHECK_FALSE(opened(token.substr(0, token.rfind('.') + 1)));
  }
  const auto token = provider().sign(claims());
  CHECK_FALSE(opened(token.substr(0, token.rfind('.') + 1)));
  CHECK_FALSE(opened(token.substr(0, token.rfind('.'))));
}

TEST_CASE("the public key is not taken for a shared secret") {
  for (const auto* name : {"HS256", "RS256", "ES256", "EdDSA"}) {
    const auto header = provider().header().set("alg", name);
    CHECK_FALSE(opened(Provider::sign_with_secret(header, claims(), provider().public_pem())));
  }
}

TEST_CASE("a key answers for its own algorithm alone") {
  const Provider rsa(Provider::Kind::rsa, "one");
  const auto keys = keys_of({rsa.public_key(), provider().public_key()});
  CHECK_FALSE(opened(rsa.sign(rsa.header().set("alg", "ES256"), claims()), keys));
  CHECK_FALSE(opened(provider().sign(provider().header().set("alg", "RS256"), claims()), keys));
  CHECK(opened(rsa.sign(claims()), keys));
}

TEST_CASE("a key that is not known, or not named, is refused in words") {
  CHECK_THAT(refusal(provider().sign(provider().header().set("kid", "two"), claims())),
             ContainsSubstring("\"two\" is not among the known ones"));
  CHECK_THAT(refusal(provider().sign(provider().header().set("kid", nullptr), claims())),
             ContainsSubstring("not among the known ones"));
}

TEST_CASE("a token that was changed after it was signed is refused") {
  const auto token = provider().sign(claims());
  const auto other = provider().sign(claims().set("email", "eve@example.com"));
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  const auto payload = other.substr(other.find('.') + 1, other.rfind('.') - other.find('.') - 1);
  CHECK_THAT(refusal(token.substr(0, first + 1) + payload + token.substr(last)),
             ContainsSubstring("signature is wrong"));
}

TEST_CASE("extensions that are not known make a token unreadable") {
  const auto header = provider().header().set("crit", Json::Array{"b64"}).set("b64", false);
  CHECK_THAT(refusal(provider().sign(header, claims())), ContainsSubstring("(crit)"));
}

TEST_CASE("a token of another issuer or for another audience is refused") {
  CHECK_THAT(refusal(claims().set("iss", "https://id.example.com/")),
             ContainsSubstring("not from"));
  CHECK_THAT(refusal(claims().set("iss", nullptr)), ContainsSubstring("not from"));
  CHECK_THAT(refusal(claims().set("aud", "kargo")), ContainsSubstring("not for"));
  CHECK_THAT(refusal(claims().set("aud", nullptr)), ContainsSubstring("not for"));
  CHECK_THAT(refusal(claims().set("aud", Json::Array{"kargo", 7})), ContainsSubstring("not for"));
  CHECK(refusal(claims().set("aud", Json::Array{"kargo", "stagegate"})) == "");
}

TEST_CASE("a token holds between its times, with a minute for clocks that differ") {
  CHECK_THAT(refusal(claims().set("exp", nullptr)), ContainsSubstring("never expires"));
  CHECK_THAT(refusal(claims().set("exp", "tomorrow")), ContainsSubstring("never expires"));
  CHECK_THAT(refusal(claims().set("exp", kNow - 60)), ContainsSubstring("has expired"));
  CHECK(refusal(claims().set("exp", kNow - 59)) == "");
  CHECK_THAT(refusal(claims().set("nbf", kNow + 61)), ContainsSubstring("not valid yet (nbf)"));
  CHECK(refusal(claims().set("nbf", kNow + 60)) == "");
  CHECK_THAT(refusal(claims().set("nbf", "soon")), ContainsSubstring("nbf is no time"));
  CHECK_THAT(refusal(claims().set("iat", kNow + 61)), ContainsSubstring("not valid yet (iat)"));
}

TEST_CASE("what is no token is refused without showing it") {
  for (const std::string& text :
       {std::string(), std::string("secret"), std::string("a.b"), std::string("a.b.c"),
        std::string("a.b.c.d"), std::string("..."), std::string(20'000, 'a')}) {
    const auto answer = opened(text);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().message.find("secret") == std::string::npos);
  }
}
