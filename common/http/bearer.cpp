#include "common/http/bearer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

// What follows "Bearer" in the Authorization header; nullopt when it is not there.
std::optional<std::string_view> credentials_in(const ServerRequest& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string* credentials = request.header("authorization");
  if (credentials == nullptr) return std::nullopt;
  const std::string_view given = *credentials;
  if (text::lower(given.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  return text::trim(given.substr(kScheme.size()));
}

}  // namespace

std::string_view bearer_of(const ServerRequest& request) {
  return credentials_in(request).value_or(std::string_view());
}

Handler require_bearer(std::vector<std::string> tokens, Handler handler) {
  tokens.erase(std::remove(tokens.begin(), tokens.end(), std::string()), tokens.end());
  return [tokens = std::move(tokens), handler = std::move(handler)](const ServerRequest& request) {
    const auto given = credentials_in(request);
    bool known = false;
    for (const auto& token : tokens) {
      // Always all of them: no early end to measure.
      const bool same = text::equal_secret(token, given.value_or(std::string_view()));
      known = known || same;
    }
    if (known) return handler(request);
    ServerResponse response = error_response(
        401, given ? "the bearer token is not known here" : "a bearer token is needed");
    response.headers.emplace_back("WWW-Authenticate",
                                  given ? R"(Bearer realm="stagegate", error="invalid_token")"
                                        : R"(Bearer realm="stagegate")");
    return response;
  };
}

}  // namespace stagegate::http
