#include "plugins/market-hours-check/identity/jwt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kLongestToken = std::size_t{16} << 10;
// Clocks of two machines differ a little.
constexpr double kLeeway = 60;

constexpr text::JsonLimits kLimits{.bytes = kLongestToken, .depth = 16, .values = 2'000};

Result<Json> decoded(std::string_view part, std::string_view what) {
  const auto bytes = crypto::parse_base64url(part);
  if (!bytes) return usage(cat("the token's ", what, " is not base64url"));
  auto json = text::parse_json(*bytes, kLimits);
  if (!json || json->object() == nullptr) {
    return usage(cat("the token's ", what, " is no JSON object"));
  }
  return json;
}

std::optional<Algorithm> algorithm_of(std::string_view name) {
  constexpr std::array kAll{Algorithm::rs256, Algorithm::es256, Algorithm::eddsa};
  const auto* found = std::find_if(kAll.begin(), kAll.end(),
                                   [&](Algorithm algorithm) { return name_of(algorithm) == name; });
  return found == kAll.end() ? std::nullopt : std::optional(*found);
}

Result<> check_signature(const Json& header, std::string_view message, std::string_view signature,
                         const SigningKeys& keys) {
  if (header.find("crit") != nullptr) {
    return usage("the token demands extensions that are not known here (crit)");
  }
  const auto algorithm = algorithm_of(header.text("alg"));
  if (!algorithm) {
    return usage(cat("the token's algorithm ", text::quoted(header.text("alg")),
                     " is none of RS256, ES256, EdDSA"));
  }
  const auto key_id = header.text("kid");
  if (key_id.empty() || !keys.knows(key_id)) {
    return usage(cat("the token's key ", text::quoted(key_id),
                     " is not among the known ones: has the provider changed its keys?"));
  }
  const auto bytes = crypto::parse_base64url(signature);
  if (!bytes || !keys.signed_by(key_id, *algorithm, message, *bytes)) {
    return usage("the token's signature is wrong");
  }
  return {};
}

std::optional<double> number(const Json& claims, std::string_view key) {
  const Json* found = claims.find(key);
  const auto value = found == nullptr ? std::nullopt : found->number();
  return value && std::isfinite(*value) ? value : std::nullopt;
}

bool is_for(const Json& claims, std::string_view audience) {
  const Json* found = claims.find("aud");
  if (found == nullptr) return false;
  if (const auto* one = found->string()) return *one == audience;
  const auto* several = found->array();
  return several != nullptr &&
         std::any_of(several->begin(), several->end(), [&](const Json& entry) {
           return entry.string() != nullptr && *entry.string() == audience;
         });
}

Result<> check_times(const Json& claims, time::Instant now) {
  const auto seconds = static_cast<double>(now.time_since_epoch().count());
  const auto expires = number(claims, "exp");
  if (!expires) return usage("the token never expires (no exp)");
  if (seconds >= *expires + kLeeway) return usage("the token has expired");
  for (const auto* key : {"nbf", "iat"}) {
    if (claims.find(key) == nullptr) continue;
    const auto from = number(claims, key);
    if (!from) return usage(cat("the token's ", key, " is no time"));
    if (seconds < *from - kLeeway) return usage(cat("the token is not valid yet (", key, ")"));
  }
  return {};
}

}  // namespace

Result<Json> open_token(std::string_view token, const SigningKeys& keys, const Expected& expected,
                        time::Instant now) {
  if (token.size() > kLongestToken) return usage("the token is too long to be one");
  const auto parts = text::split(token, '.');
  if (parts.size() != 3) return usage("the token is no signed JSON Web Token");
  const auto header = decoded(parts[0], "header");
  if (!header) return forward(header.error());
  const auto message = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (auto valid = check_signature(*header, message, parts[2], keys); !valid) {
    return forward(valid.error());
  }
  // Nothing of it is looked at before it is known who wrote it.
  auto claims = decoded(parts[1], "payload");
  if (!claims) return claims;
  if (claims->text("iss") != expected.issuer) {
    return usage(cat("the token is from ", text::quoted(claims->text("iss")), ", not from ",
                     text::quoted(expected.issuer)));
  }
  if (!is_for(*claims, expected.audience)) {
    return usage(cat("the token is not for ", text::quoted(expected.audience), " (aud)"));
  }
  if (auto valid = check_times(*claims, now); !valid) return forward(valid.error());
  return claims;
}

}  // namespace stagegate::market_hours
