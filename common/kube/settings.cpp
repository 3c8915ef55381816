#include "common/kube/settings.hpp"

#include "common/text/text.hpp"

namespace stagegate::kube {

void declare_cluster_settings(settings::Table& table, ClusterSettings& target,
                              const std::vector<std::string>& verbs) {
  table.add(target.kube_api, {.name = "kube_api",
                              .help = "The Kubernetes API; in a pod it is found by itself.",
                              .value = "URL",
                              .verbs = verbs});
  table.add(target.kube_token_path,
            {.name = "kube_token_path",
             .help = "The file with the token for the Kubernetes API; read anew when it changes.",
             .value = "FILE",
             .verbs = verbs});
  table.add(target.kube_ca,
            {.name = "kube_ca",
             .help = "The authorities that the Kubernetes API's certificate is checked with.",
             .value = "FILE",
             .verbs = verbs});
}

Result<Config> cluster(const ClusterSettings& settings) {
  if (settings.kube_api.empty()) {
    if (!settings.kube_token_path.empty() || !settings.kube_ca.empty()) {
      return usage("kube_token_path and kube_ca are of no use without kube_api: name the API");
    }
    return in_cluster();
  }
  Config config;
  config.url = settings.kube_api;
  while (config.url.ends_with('/')) config.url.pop_back();
  config.token_file = settings.kube_token_path;
  config.ca_file = settings.kube_ca;
  if (auto fine = check_config(config); !fine) {
    return usage(text::cat("kube_api: ", fine.error().message));
  }
  return config;
}

}  // namespace stagegate::kube
