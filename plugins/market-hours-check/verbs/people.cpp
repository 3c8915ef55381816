#include "plugins/market-hours-check/verbs/people.hpp"

#include <mutex>

#include "common/http/client.hpp"
#include "common/kube/kargo.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// For whom an operator waits.
constexpr std::chrono::milliseconds kKargoPatience{5'000};
// While the gate waits for the Kubernetes API, it may have no thread left to answer Kargo.
constexpr std::chrono::milliseconds kKubernetesPatience{10'000};

Result<> require_settings(const std::vector<std::pair<const char*, bool>>& given,
                          std::string_view identity) {
  std::vector<std::string> missing;
  for (const auto& [name, is_there] : given) {
    if (!is_there) missing.push_back(cat(name, ": needed for identity ", identity));
  }
  if (missing.empty()) return {};
  return usage(text::join(missing, "\n"));
}

Permitted permitted(const Options& options) {
  return {.break_glass = options.break_glass_groups, .approve = options.approval_groups};
}

bool somebody_may(const Options& options) {
  return !options.break_glass_groups.empty() || !options.approval_groups.empty();
}

Result<std::unique_ptr<Identity>> open_oidc(const Options& options, const time::Clock& clock) {
  if (auto fine =
          require_settings({{"oidc_issuer", !options.oidc_issuer.empty()},
                            {"oidc_audience", !options.oidc_audience.empty()},
                            {"oidc_jwks", !options.oidc_jwks.empty()},
                            {"break_glass_groups or approval_groups", somebody_may(options)}},
                           "oidc");
      !fine) {
    return forward(fine.error());
  }
  return OidcIdentity::open({.issuer = options.oidc_issuer,
                             .audience = options.oidc_audience,
                             .jwks_file = options.oidc_jwks,
                             .name_claim = options.oidc_name_claim,
                             .groups_claim = options.oidc_groups_claim,
                             .permitted = permitted(options)},
                            clock);
}

Result<std::unique_ptr<Identity>> open_proxy(const Options& options) {
  if (auto fine =
          require_settings({{"proxy_secret", !options.proxy_secret.empty()},
                            {"break_glass_groups or approval_groups", somebody_may(options)}},
                           "proxy");
      !fine) {
    return forward(fine.error());
  }
  // A file's last line break is no part of it: no header could carry one.
  ProxySettings settings{
      .secret = settings::Secret(std::string(text::trim(options.proxy_secret.reveal()))),
      .user_header = options.proxy_user_header,
      .groups_header = options.proxy_groups_header,
      .permitted = permitted(options)};
  return std::make_unique<ProxyIdentity>(std::move(settings));
}

Result<kube::Config> cluster_in_a_hurry(const Options& options) {
  auto config = kube::cluster(options.cluster);
  if (config) config->patience = kKubernetesPatience;
  return config;
}

// One connection that several threads of the service use in turn.
template <class Connection>
struct Shared {
  std::mutex mutex;
  Connection connection;
  explicit Shared(Connection made) : connection(std::move(made)) {}
};

}  // namespace

Result<std::unique_ptr<Identity>> open_identity(const Options& options, const time::Clock& clock,
                                                int interrupt_fd) {
  switch (options.identity) {
    case IdentityKind::none:
      return std::unique_ptr<Identity>();
    case IdentityKind::oidc:
      return open_oidc(options, clock);
    case IdentityKind::proxy:
      return open_proxy(options);
    case IdentityKind::kubernetes:
      break;
  }
  auto config = cluster_in_a_hurry(options);
  if (!config) return forward(config.error());
  return std::make_unique<KubernetesIdentity>(kube::Api(*std::move(config), clock, interrupt_fd));
}

Result<> connect(ServeOptions& serving, const Options& options, const time::Clock& clock,
                 int interrupt_fd) {
  if (!options.kargo_url.empty()) {
    if (options.kargo_token.empty()) return usage("kargo_token: needed for kargo_url");
    auto token = settings::bearer_token("kargo_token", options.kargo_token);
    if (!token) return forward(token.error());
    http::ClientOptions client;
    client.connect_timeout = kKargoPatience;
    client.retry.attempts = 1;  // a promotion that is not woken asks by itself
    client.trust.ca_file = options.ca_file;
    auto shared = std::make_shared<Shared<http::Client>>(
        http::Client(std::move(client), clock, interrupt_fd));
    serving.wake = [shared, url = options.kargo_url, token = *std::move(token)](
                       const std::string& project, const std::string& promotion) {
      const std::lock_guard lock(shared->mutex);
      return kube::wake_promotion(shared->connection, {.url = url, .token = token}, project,
                                  promotion);
    };
  }
  if (options.identity == IdentityKind::kubernetes && options.require_second_person) {
    auto config = cluster_in_a_hurry(options);
    if (!config) return forward(config.error());
    auto shared =
        std::make_shared<Shared<kube::Api>>(kube::Api(*std::move(config), clock, interrupt_fd));
    serving.promoter = [shared](const std::string& project,
                                const std::string& promotion) -> Result<std::string> {
      const std::lock_guard lock(shared->mutex);
      const auto creator = kube::promotion_creator(shared->connection, project, promotion);
      if (!creator) return forward(creator.error());
      return creator->value_or("");
    };
  }
  return {};
}

}  // namespace stagegate::market_hours
