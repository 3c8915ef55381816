#include "common/oci/authorizer.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using std::chrono::milliseconds;
using text::cat;

namespace {

constexpr milliseconds kEarly{10'000};    // how long before its end a token is replaced
constexpr std::size_t kScopesInOne = 40;  // a token for more would not fit into 8 KiB of header
constexpr int kMostTimes = 3;             // 401 for a missing, an expired and a too small token

}  // namespace

Authorizer::Authorizer(Place place, http::Client& client, const time::Clock& clock)
    : place_(std::move(place)), client_(client), clock_(clock) {}

void Authorizer::expect(const Scope& scope) {
  if (scope.repository.empty()) return;  // the catalog: asked for with whatever is there
  batch_of(scope);
}

void Authorizer::let_in() {
  if (way_ == Way::unknown) way_ = Way::open;
}

// The batch in which the scope is; one that has to be larger for it loses its token.
Authorizer::Batch& Authorizer::batch_of(const Scope& scope) {
  for (Batch& batch : batches_) {
    const auto known = batch.scopes.find(scope.repository);
    if (known == batch.scopes.end()) continue;
    if (scope.push && !known->second) {
      known->second = true;
      drop(batch);
    }
    return batch;
  }
  const bool room = !one_each_ && !batches_.empty() && !batches_.back().token &&
                    batches_.back().scopes.size() < kScopesInOne;
  if (!room) batches_.emplace_back();
  batches_.back().scopes.emplace(scope.repository, scope.push);
  return batches_.back();
}

void Authorizer::drop(Batch& batch) {
  if (batch.token && batch.token->text != place_.login.secret.reveal()) {
    log::unmask(batch.token->text);
  }
  batch.token.reset();
}

void Authorizer::split() {
  one_each_ = true;
  std::vector<Batch> single;
  for (const Batch& batch : batches_) {
    for (const auto& scope : batch.scopes) single.push_back({.scopes = {scope}});
  }
  batches_ = std::move(single);
}

Answer<http::Credential> Authorizer::credential(const Scope& scope,
                                                std::optional<milliseconds> deadline) {
  const Login& login = place_.login;
  if (login.kind == Login::Kind::bearer) return http::Bearer{login.secret.reveal()};
  if (way_ == Way::basic) return http::Basic{login.user, login.secret.reveal()};
  if (way_ != Way::token) return http::Credential{};
  Batch& batch = batch_of(scope);
  if (!batch.token || clock_.uptime() >= batch.expires) {
    if (auto fetched = fetch(batch, deadline); !fetched) return forward(fetched.error());
  }
  return http::Bearer{batch.token->text};
}

Answer<> Authorizer::fetch(Batch& batch, std::optional<milliseconds> deadline) {
  const auto server = token_server(challenge_, place_.registry, place_.token_realm, place_.login);
  if (!server) return forward(refusal_of(server.error()));
  std::vector<std::string> scopes;
  for (const auto& [repository, push] : batch.scopes) {
    if (!repository.empty()) scopes.push_back(scope_text(repository, push ? "pull,push" : "pull"));
  }
  http::Request request = token_request(*server, place_.login, scopes);
  request.timeout = place_.timeout;
  request.deadline = deadline;
  request.retry = false;
  ++token_requests_;
  const milliseconds asked_at = clock_.uptime();
  const auto response = client_.send(request);
  const std::string where = http::shown_url(server->realm.text());
  if (!response) {
    Failure failure = response.error();
    failure.message += cat(" - the registry ", place_.registry.host, " has named ", where,
                           " as its token server; if it cannot be reached from here, set "
                           "token_realm to an address that can");
    return forward(refusal_of(failure));
  }
  if (!response->ok()) {
    return forward(refusal_of(*response, http::Method::get, cat("the token server ", where),
                              place_.login.words()));
  }
  auto token = parse_token(response->body);
  if (!token) {
    return forward(strange(response->status, cat(where, ": ", token.error().message)));
  }
  drop(batch);
  log::mask(token->text);
  batch.expires = asked_at + std::max(token->lifetime - kEarly, kEarly);
  batch.token = *std::move(token);
  return {};
}

bool Authorizer::begin(const Challenge& challenge) {
  const auto kind = place_.login.kind;
  if (challenge.scheme == "basic") {
    if (kind != Login::Kind::password) return false;
    way_ = Way::basic;
    return true;
  }
  challenge_ = challenge;
  way_ = Way::token;
  return true;
}

bool Authorizer::learn(const http::Response& response, const Scope& scope, int times) {
  if (times > kMostTimes || place_.login.kind == Login::Kind::bearer) return false;
  const auto fields = response.headers.all("WWW-Authenticate");
  const auto challenge = choose(parse_challenges(fields));
  if (!challenge) return false;
  if (way_ == Way::unknown || way_ == Way::open) return begin(*challenge);
  if (way_ != Way::token || challenge->scheme != "bearer") return false;

  Batch& batch = batch_of(scope);
  const bool too_small = challenge->text("error") == "insufficient_scope";
  if (batch.scopes.size() > 1 && (too_small || times > 1)) {
    log::info(cat("the token server of ", place_.registry.host,
                  " gives a token for one repository at a time"));
    split();
    return true;
  }
  if (too_small && times > 1) return false;  // it would be given the same again
  drop(batch);
  return times < kMostTimes;
}

}  // namespace stagegate::oci
