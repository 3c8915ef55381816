#include "common/http/proxy.hpp"

#include <cstdlib>

namespace stagegate::http {

namespace {

std::string first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto value = environment(name); value && !value->empty()) return *value;
  }
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Proxies choose_proxies(std::string_view setting, const Environment& environment) {
  if (setting == "none") return {};
  const std::string except = first_set(environment, {"no_proxy", "NO_PROXY"});
  if (!setting.empty()) return {std::string(setting), std::string(setting), except};

  Proxies proxies;
  proxies.http =
      environment("REQUEST_METHOD")
          ? first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"})
          : first_set(environment, {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
  proxies.https = first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  proxies.except = except;
  return proxies;
}

}  // namespace stagegate::http
