#include "common/oci/token.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::oci;

namespace {

const http::Url kRegistry = http::parse_url("https://reg.example/").value();
const Login kBob{Login::Kind::password, "bob", settings::Secret("hunter22"), "username"};

Challenge bearer(std::string realm) {
  return {"bearer", {{"realm", std::move(realm)}, {"service", "reg"}}};
}

}  // namespace

TEST_CASE("a credential goes to the registry's own host, and elsewhere only when told to") {
  CHECK(token_server(bearer("https://reg.example/token"), kRegistry, {}, kBob).has_value());
  CHECK(token_server(bearer("/token"), kRegistry, {}, kBob)->realm.text() ==
        "https://reg.example/token");
  const auto elsewhere = bearer("https://auth.elsewhere/token");
  const auto refused = token_server(elsewhere, kRegistry, {}, kBob);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("token_realm") != std::string::npos);
  CHECK(token_server(elsewhere, kRegistry, {}, Login{}).has_value());
  CHECK(token_server(elsewhere, kRegistry, "https://auth.elsewhere/token", kBob).has_value());
  const auto hub = http::parse_url("https://registry-1.docker.io/").value();
  CHECK(token_server(bearer("https://auth.docker.io/token"), hub, {}, kBob).has_value());
}

TEST_CASE("a realm that leaves TLS or is link-local is not asked, not even without a credential") {
  CHECK_FALSE(token_server(bearer("http://reg.example/token"), kRegistry, {}, Login{}).has_value());
  CHECK_FALSE(
      token_server(bearer("https://169.254.169.254/x"), kRegistry, {}, Login{}).has_value());
}

TEST_CASE("a token is asked for with every scope, and by POST for an identity token") {
  const auto server = token_server(bearer("/token?a=1"), kRegistry, {}, kBob).value();
  const std::vector<std::string> scopes = {scope_text("a", "pull"), scope_text("b", "pull,push")};
  const auto get = token_request(server, kBob, scopes);
  CHECK(get.method == http::Method::get);
  CHECK(
      get.url.starts_with("https://reg.example/token?a=1&service=reg&scope=repository%3Aa%3Apull"
                          "&scope=repository%3Ab%3Apull%2Cpush"));
  CHECK(std::get<http::Basic>(get.auth).user == "bob");
  const Login identity{Login::Kind::identity, {}, settings::Secret("long-lived"), "config.json"};
  const auto post = token_request(server, identity, scopes);
  CHECK(post.method == http::Method::post);
  CHECK(post.url.find("long-lived") == std::string::npos);
  CHECK(std::get<std::string>(post.body).find("refresh_token=long-lived") != std::string::npos);
  CHECK(std::holds_alternative<std::monostate>(post.auth));
}

TEST_CASE("a token lives as long as it says, and a minute where it does not say") {
  using std::chrono::seconds;
  CHECK(parse_token(R"({"token":"t","expires_in":300})")->lifetime == seconds(300));
  CHECK(parse_token(R"({"access_token":"t"})")->lifetime == seconds(60));
  CHECK(parse_token(R"({"token":"t","expires_in":1})")->lifetime == seconds(60));
  CHECK(parse_token(R"({"token":"t","expires_in":-9e18})")->lifetime == seconds(60));
  for (const auto* body : {"", "<html>", "{}", R"({"token":""})", R"({"token":"a\nb"})"}) {
    INFO(body);
    CHECK_FALSE(parse_token(body).has_value());
  }
}
