// A JSON Web Token (RFC 7519), believed only when one of the known keys has signed it.
#pragma once

#include <string_view>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "common/time/instant.hpp"
#include "plugins/market-hours-check/identity/jwks.hpp"

namespace stagegate::market_hours {

struct Expected {
  std::string_view issuer;
  std::string_view audience;
};

// The token's claims. Every failure (usage) says which check it did not pass, and never shows the
// token. The key alone says which algorithm is right: a token that names another one is refused,
// and so are "none" and those with a shared secret.
Result<text::Json> open_token(std::string_view token, const SigningKeys& keys,
                              const Expected& expected, time::Instant now);

}  // namespace stagegate::market_hours
