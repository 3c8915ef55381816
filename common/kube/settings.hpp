// The settings of every program that asks the Kubernetes API, under the same names.
#pragma once

#include <string>
#include <vector>

#include "common/kube/api.hpp"
#include "common/result/result.hpp"
#include "common/settings/table.hpp"

namespace stagegate::kube {

struct ClusterSettings {
  std::string kube_api;
  std::string kube_token_path;
  std::string kube_ca;
};

void declare_cluster_settings(settings::Table& table, ClusterSettings& target,
                              const std::vector<std::string>& verbs);

// As the settings say, or else the cluster that this runs in. Nothing of a kubeconfig is read: its
// credentials may be programs to run.
Result<Config> cluster(const ClusterSettings& settings);

}  // namespace stagegate::kube
