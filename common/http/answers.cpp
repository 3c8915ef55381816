#include "common/http/answers.hpp"

#include <utility>

#include "common/text/harmless.hpp"

namespace stagegate::http {

ServerResponse fresh(std::string_view content_type, std::string body, int status) {
  return {.status = status,
          .content_type = std::string(content_type),
          .body = std::move(body),
          .headers = {{"Cache-Control", "no-store"}},
          .route = ""};
}

ServerResponse fresh_json(const text::Json& body, int status) {
  return fresh("application/json", text::harmless(body.dump()) + "\n", status);
}

std::string query(const ServerRequest& request, std::string_view name) {
  const std::string* value = request.parameter(name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace stagegate::http
