#include "common/text/text.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"

namespace stagegate::market_hours {
namespace {

std::string_view header(const http::ServerRequest& request, std::string_view name) {
  // One line of it: a second one may be the caller's own, which the proxy has let through.
  const std::string* found = nullptr;
  for (const auto& [key, value] : request.fields) {
    if (key != name) continue;
    if (found != nullptr) return {};
    found = &value;
  }
  return found == nullptr ? std::string_view() : text::trim(*found);
}

std::vector<std::string> listed(std::string_view groups) {
  std::vector<std::string> names;
  for (const auto piece : text::split(groups, ',')) {
    if (const auto name = text::trim(piece); !name.empty()) names.emplace_back(name);
  }
  return names;
}

}  // namespace

Result<audit::Actor> ProxyIdentity::identify(const Request& request) {
  const auto secret = header(request.http, kProxySecretHeader);
  if (settings_.secret.empty() || !text::equal_secret(settings_.secret.reveal(), secret)) {
    return usage("this request did not come through the sign-in proxy");
  }
  const std::string user(header(request.http, text::lower(settings_.user_header)));
  if (user.empty()) {
    return usage(text::cat("the sign-in proxy sent no ", settings_.user_header,
                           ", or one more beside its own: it has to remove what its callers send"));
  }
  const auto groups = listed(header(request.http, text::lower(settings_.groups_header)));
  if (auto may = permit(settings_.permitted, request.act, user, groups); !may) {
    return forward(may.error());
  }
  return audit::Actor{.name = user, .kind = "human", .via = "proxy", .raw = {}, .verified = true};
}

}  // namespace stagegate::market_hours
