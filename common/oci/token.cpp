#include "common/oci/token.hpp"

#include <algorithm>
#include <array>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using std::chrono::seconds;
using text::cat;
using text::Json;

namespace {

constexpr std::string_view kClient = "stagegate";
constexpr seconds kShortest{60};
constexpr seconds kLongest{24 * 3600};

// Registries whose token server is known to be at another host.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kKnown = {{
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
}};

bool may_have_credential(const http::Url& registry, const http::Url& realm) {
  return registry.host == realm.host || std::ranges::any_of(kKnown, [&](const auto& pair) {
           return pair.first == registry.host && pair.second == realm.host &&
                  realm.scheme == "https";
         });
}

}  // namespace

std::string scope_text(std::string_view repository, std::string_view actions) {
  return cat("repository:", repository, ':', actions);
}

Result<TokenServer> token_server(const Challenge& challenge, const http::Url& registry,
                                 std::string_view instead, const Login& login) {
  TokenServer server;
  server.service = challenge.text("service");
  if (!instead.empty()) {
    auto realm = http::parse_url(instead);
    if (!realm) return usage(cat("token_realm: ", realm.error().message));
    server.realm = *std::move(realm);
    return server;
  }
  const std::string_view named = challenge.text("realm");
  auto realm = http::resolve(registry, named);
  const std::string who =
      cat("the registry ", registry.host, " names ",
          http::shown_url(realm ? realm->text() : std::string(named)), " as its token server");
  if (!realm) return unknown(cat(who, ", which is no address: ", realm.error().message));
  if (registry.scheme == "https" && realm->scheme == "http") {
    return unknown(cat(who, ", which would leave TLS: set token_realm to its https address"));
  }
  if (http::link_local(realm->host) && !http::link_local(registry.host)) {
    return unknown(cat(who, ", which is a link-local address; that is not asked"));
  }
  if (login.kind != Login::Kind::anonymous && !may_have_credential(registry, *realm)) {
    return unknown(cat(who,
                       ", which is another host: if the credential may go there, set "
                       "token_realm to that address"));
  }
  server.realm = *std::move(realm);
  return server;
}

http::Request token_request(const TokenServer& server, const Login& login,
                            const std::vector<std::string>& scopes) {
  http::Request request;
  request.repeatable = true;
  std::vector<std::pair<std::string, std::string>> parameters;
  if (!server.service.empty()) parameters.emplace_back("service", server.service);
  http::Url url = server.realm;
  if (login.kind == Login::Kind::identity) {
    parameters.emplace_back("grant_type", "refresh_token");
    parameters.emplace_back("refresh_token", login.secret.reveal());
    parameters.emplace_back("client_id", kClient);
    parameters.emplace_back("scope", text::join(scopes, " "));
    request.method = http::Method::post;
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::join_query(parameters);
  } else {
    for (const std::string& scope : scopes) parameters.emplace_back("scope", scope);
    parameters.emplace_back("client_id", kClient);
    if (login.kind == Login::Kind::password) {
      parameters.emplace_back("account", login.user);
      request.auth = http::Basic{login.user, login.secret.reveal()};
    }
    const std::string query = http::join_query(parameters);
    url.query = url.query.empty() ? query : cat(url.query, '&', query);
  }
  request.url = url.text();
  return request;
}

Result<Token> parse_token(std::string_view body) {
  const auto json = text::parse_json(body);
  if (!json) return unknown("the token server's answer is no JSON");
  std::string_view text = json->text("token");
  if (text.empty()) text = json->text("access_token");
  if (text.empty()) return unknown("the token server's answer has no token in it");
  if (!http::sendable({"Authorization", std::string(text)})) {
    return unknown("the token server's answer is a token with control characters in it");
  }
  const Json* expires = json->find("expires_in");
  const auto given = expires == nullptr ? std::nullopt : expires->integer();
  const seconds lifetime(
      std::clamp<std::int64_t>(given.value_or(0), kShortest.count(), kLongest.count()));
  return Token{std::string(text), lifetime};
}

}  // namespace stagegate::oci
