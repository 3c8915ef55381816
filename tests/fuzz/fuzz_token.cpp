// Any bytes as a bearer token and as a provider's key set. Beyond "no crash": a token that nobody
// has signed is never believed, and why it is not is said without showing it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/market-hours-check/identity/jwt.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// The keys of the test vectors of RFC 8037 (A.2) and RFC 7517 (A.1).
constexpr std::string_view kKeys = R"({"keys":[
  {"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
  {"kty":"EC","crv":"P-256","kid":"ec","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
   "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]})";

const SigningKeys& keys() {
  static const auto parsed = SigningKeys::parse(kKeys);
  demand(parsed.has_value());
  return *parsed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto token =
      open_token(bytes, keys(), {.issuer = "https://id.example.com", .audience = "stagegate"},
                 time::Instant{time::seconds{1'795'530'000}});
  demand(!token);
  demand(bytes.size() < 40 || token.error().message.find(bytes) == std::string::npos);
  if (const auto set = SigningKeys::parse(bytes)) {
    demand(!open_token(bytes, *set, {.issuer = "", .audience = ""}, {}));
  }
  return 0;
}
