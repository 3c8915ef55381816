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

bool passes(std::int64_t code) {
  switch (code) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
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

std::string_view advice_of_kargo(std::int64_t code) {
  switch (code) {
    case 401:
      return " (the token is wrong or has expired)";
    case 403:
      return " (whoever the token belongs to needs a Role with this verb on this resource)";
    case 404:
      return " (are the project and the name right?)";
    default:
      return "";
  }
}

Failure failure_with(std::string_view server, std::int64_t code, std::string_view said,
                     std::string_view advice, const std::string& asked) {
  std::string message = cat(server, " did not ", asked, ": ", code, " ",
                            said.empty() ? std::string_view("without a reason") : said, advice);
  return {kind_of(code), std::move(message), passes(code)};
}

constexpr std::string_view kKubernetes = "the Kubernetes API";

// Proxies in between answer in HTML: their words are no help.
std::string said_in(const http::Response& response, std::string_view member) {
  const auto body = text::parse_json(response.body);
  return body ? std::string(body->text(member)) : std::string();
}

}  // namespace

Failure failure_of_status(const text::Json& status, const std::string& asked) {
  const text::Json* found = status.find("code");
  const auto number = found != nullptr ? found->integer() : std::nullopt;
  const std::int64_t code = number.value_or(0);
  return failure_with(kKubernetes, code, status.text("message"), advice_for(code), asked);
}

Failure failure_of(const http::Response& response, const std::string& asked) {
  return failure_with(kKubernetes, response.status, said_in(response, "message"),
                      advice_for(response.status), asked);
}

Failure failure_of_kargo(const http::Response& response, const std::string& asked) {
  return failure_with("Kargo's API", response.status, said_in(response, "error"),
                      advice_of_kargo(response.status), asked);
}

}  // namespace stagegate::kube
