#include "common/oci/login.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::oci;

namespace {

const Repository kRisk{"reg.example:5000", "team/risk"};

std::optional<Login> login(std::string_view config, const Repository& repository = kRisk) {
  auto found = login_from(config, "config.json", repository);
  REQUIRE(found.has_value());
  return *std::move(found);
}

}  // namespace

TEST_CASE("a login stands under any form of the host") {
  for (const std::string key : {"reg.example:5000", "https://reg.example:5000",
                                "https://reg.example:5000/v1/", "REG.example:5000/v2/"}) {
    INFO(key);
    // bob:pass:word
    const auto found = login(R"({"auths":{")" + key + R"(":{"auth":"Ym9iOnBhc3M6d29yZA=="}}})");
    REQUIRE(found.has_value());
    CHECK(found->kind == Login::Kind::password);
    CHECK(found->user == "bob");
    CHECK(found->secret.reveal() == "pass:word");
  }
}

TEST_CASE("the longest path that a repository begins with wins") {
  constexpr auto kConfig = R"({"auths":{
    "reg.example:5000": {"username":"all","password":"a"},
    "reg.example:5000/team": {"username":"team","password":"t"},
    "reg.example:5000/te": {"username":"te","password":"e"}}})";
  CHECK(login(kConfig)->user == "team");
  CHECK(login(kConfig, {"reg.example:5000", "teams/risk"})->user == "all");
  CHECK_FALSE(login(kConfig, {"reg.example", "team/risk"}).has_value());
}

TEST_CASE("Docker Hub's key is another one") {
  constexpr auto kConfig =
      R"({"auths":{"https://index.docker.io/v1/":{"username":"bob","password":"p"}}})";
  CHECK(login(kConfig, {"docker.io", "library/alpine"})->user == "bob");
}

TEST_CASE("tokens of docker login are told from passwords") {
  CHECK(login(R"({"auths":{"reg.example:5000":{"identitytoken":"i"}}})")->kind ==
        Login::Kind::identity);
  CHECK(login(R"({"auths":{"reg.example:5000":{"registrytoken":"r"}}})")->kind ==
        Login::Kind::bearer);
  CHECK(login(R"({"auths":{"reg.example:5000":{"username":"<token>","password":"i"}}})")->kind ==
        Login::Kind::identity);
}

TEST_CASE("a login that a helper keeps is refused and not passed over") {
  for (const auto* config : {R"({"credHelpers":{"reg.example:5000":"ecr-login"}})",
                             R"({"auths":{"reg.example:5000":{}},"credsStore":"desktop"})"}) {
    const auto found = login_from(config, "config.json", kRisk);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message.find("docker-credential-") != std::string::npos);
  }
  CHECK_FALSE(login(R"({"auths":{"other":{}},"credsStore":"desktop"})").has_value());
}

TEST_CASE("what is no configuration is refused") {
  for (const auto* config :
       {"", "[]", "nonsense", R"({"auths":{"reg.example:5000":{"auth":"!"}}})"}) {
    INFO(config);
    CHECK_FALSE(login_from(config, "config.json", kRisk).has_value());
  }
}
