#include "plugins/market-hours-check/serve/answers.hpp"

namespace stagegate::market_hours {

http::ServerResponse fresh(std::string content_type, std::string body, int status) {
  return {.status = status,
          .content_type = std::move(content_type),
          .body = std::move(body),
          .headers = {{"Cache-Control", "no-store"}},
          .route = ""};
}

http::ServerResponse fresh_json(const text::Json& body, int status) {
  return fresh("application/json", body.dump() + "\n", status);
}

std::string query(const http::ServerRequest& request, std::string_view name) {
  const std::string* value = request.parameter(name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace stagegate::market_hours
