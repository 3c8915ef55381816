#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"
#include "plugins/market-hours-check/identity/jwt.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

Result<SigningKeys> read_keys(const std::string& path) {
  const auto bytes = fs::read_file(path, std::size_t{1} << 20);
  if (!bytes) return unknown(cat("oidc_jwks: ", bytes.error().message));
  auto keys = SigningKeys::parse(*bytes);
  if (!keys) return unknown(cat("oidc_jwks: ", path, ": ", keys.error().message));
  return keys;
}

std::vector<std::string> groups_of(const text::Json& claims, std::string_view key) {
  std::vector<std::string> groups;
  const text::Json* found = claims.find(key);
  if (found == nullptr) return groups;
  if (const auto* one = found->string()) groups.push_back(*one);
  if (const auto* several = found->array()) {
    for (const auto& entry : *several) {
      if (const auto* name = entry.string()) groups.push_back(*name);
    }
  }
  return groups;
}

// An address that the provider has not verified is what somebody typed in.
bool is_unverified_address(const text::Json& claims, std::string_view name_claim) {
  const text::Json* verified = claims.find("email_verified");
  const bool* value = verified == nullptr ? nullptr : verified->boolean();
  return name_claim == "email" && verified != nullptr && !(value != nullptr && *value);
}

}  // namespace

Result<std::unique_ptr<Identity>> OidcIdentity::open(OidcSettings settings,
                                                     const time::Clock& clock) {
  if (auto keys = read_keys(settings.jwks_file); !keys) return forward(keys.error());
  return std::unique_ptr<Identity>(new OidcIdentity(std::move(settings), clock));
}

Result<audit::Actor> OidcIdentity::identify(const Request& request) {
  if (request.token.empty()) return usage("a bearer token of the identity provider is needed");
  const auto keys = read_keys(settings_.jwks_file);
  if (!keys) return forward(keys.error());
  const auto claims =
      open_token(request.token, *keys, {.issuer = settings_.issuer, .audience = settings_.audience},
                 clock_.now());
  if (!claims) return forward(claims.error());
  const std::string name(text::trim(claims->text(settings_.name_claim)));
  if (name.empty())
    return usage(cat("the token does not say who it is (", settings_.name_claim, ")"));
  if (is_unverified_address(*claims, settings_.name_claim)) {
    return usage(cat("the address ", text::quoted(name), " is not verified (email_verified)"));
  }
  const auto groups = groups_of(*claims, settings_.groups_claim);
  if (auto may = permit(settings_.permitted, request.act, name, groups); !may) {
    return forward(may.error());
  }
  return audit::Actor{.name = name,
                      .kind = "human",
                      .via = "oidc",
                      .raw = cat(settings_.issuer, " ", claims->text("sub")),
                      .verified = true};
}

}  // namespace stagegate::market_hours
