#include <cstdlib>

#include "common/fs/file.hpp"
#include "common/http/url.hpp"
#include "common/kube/api.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {
namespace {

constexpr const char* kMounted = "/var/run/secrets/kubernetes.io/serviceaccount";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<Config> in_cluster() {
  const std::string host = variable("KUBERNETES_SERVICE_HOST");
  const std::string port = variable("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return unknown(
        "this is no pod of a Kubernetes cluster (KUBERNETES_SERVICE_HOST is not set): say where "
        "its API is");
  }
  const fs::Path mounted(kMounted);
  const auto name_space = fs::read_file(mounted / "namespace", 4096);
  if (!name_space) {
    return unknown(text::cat(name_space.error().message,
                             ": the pod has no service account token mounted "
                             "(automountServiceAccountToken)"));
  }
  const bool ipv6 = host.find(':') != std::string::npos;
  Config config;
  config.url = text::cat("https://", ipv6 ? "[" : "", host, ipv6 ? "]" : "", ":", port);
  config.token_file = mounted / "token";
  config.ca_file = mounted / "ca.crt";
  config.name_space = text::trim(*name_space);
  return config;
}

Result<> check_config(const Config& config) {
  const auto url = http::parse_url(config.url);
  if (!url) return forward(url.error());
  if (url->scheme != "https" && !http::this_machine(url->host)) {
    return usage(text::cat(text::quoted(config.url),
                           ": a token is not sent without TLS: write https://..."));
  }
  if (!url->query.empty() || url->path.size() > 1) {
    return usage(
        text::cat(text::quoted(config.url), ": only the address of the API: https://HOST:PORT"));
  }
  return {};
}

}  // namespace stagegate::kube
