#include "common/kube/status.hpp"

#include <string_view>

#include "common/text/text.hpp"

namespace stagegate::kube {
namespace {

using text::cat;

Failure::Kind kind_of(std::int64_t code) {
  switch (code) {
    case 400:
    case 422:
      return Failure::Kind::usage;
    case 409:
    case 410:
      return Failure::Kind::conflict;
    default:
      return Failure::Kind::unknown;
  }
}

std::string_view advice_for(std::int64_t code) {
  switch (code) {
    case 401:
      return " (the token is wrong or has expired: is the service account's token mounted?)";
    case 403:
      return " (the service account needs a Role with this verb on this resource)";
    case 404:
      return " (is the custom resource installed, and the namespace right?)";
    default:
      return "";
  }
}

Failure failure_with(std::int64_t code, std::string_view said, const std::string& asked) {
  std::string message =
      cat("the Kubernetes API did not ", asked, ": ", code, " ",
          said.empty() ? std::string_view("without a reason") : said, advice_for(code));
  return {kind_of(code), std::move(message)};
}

}  // namespace

Failure failure_of_status(const text::Json& status, const std::string& asked) {
  const text::Json* code = status.find("code");
  const auto number = code != nullptr ? code->integer() : std::nullopt;
  return failure_with(number.value_or(0), status.text("message"), asked);
}

Failure failure_of(const http::Response& response, const std::string& asked) {
  // Proxies in between answer in HTML: their words are no help.
  const auto body = text::parse_json(response.body);
  const std::string_view said = body && body->object() ? body->text("message") : "";
  return failure_with(response.status, said, asked);
}

}  // namespace stagegate::kube
