#include "plugins/argocd-sync/way/open.hpp"

#include "plugins/argocd-sync/way/api.hpp"
#include "plugins/argocd-sync/way/core.hpp"

namespace stagegate::argocd {
namespace {

Result<ApiAccess> api_access(const Options& options, const time::Clock& clock,
                             milliseconds deadline, int interrupt_fd) {
  const AccessSettings& settings = options.access;
  ApiAccess access;
  access.server = settings.server;
  while (access.server.ends_with('/')) access.server.pop_back();
  access.project = options.project;
  access.app_namespace = options.app_namespace;
  access.client.user_agent = "stagegate";
  access.client.trust.ca_file = settings.ca_file;
  access.client.insecure = settings.insecure;
  access.client.proxy = settings.proxy;
  auto token = settings.token.empty()
                   ? log_in(access, settings.username, settings.password.reveal(), clock, deadline,
                            interrupt_fd)
                   : settings::bearer_token("token", settings.token);
  if (!token) return forward(token.error());
  access.token = *std::move(token);
  return access;
}

}  // namespace

Result<MakeWay> open_way(const Options& options, time::Clock& clock, milliseconds deadline,
                         int interrupt_fd) {
  if (options.access.server.empty()) {
    auto config = kube::cluster(options.access.cluster);
    if (!config) return forward(config.error());
    return [config = *std::move(config), &options, &clock](int fd) {
      return Result<std::unique_ptr<Way>>(make_core_way(config, options.app_namespace, clock, fd));
    };
  }
  auto access = api_access(options, clock, deadline, interrupt_fd);
  if (!access) return forward(access.error());
  return [access = *std::move(access), &clock](int fd) {
    return Result<std::unique_ptr<Way>>(make_api_way(access, clock, fd));
  };
}

}  // namespace stagegate::argocd
