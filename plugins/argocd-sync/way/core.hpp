// Argo CD through the Kubernetes API: Applications are objects there, and an operation is a part of
// one. Nothing of Argo CD but its controller has to run.
#pragma once

#include <memory>
#include <string>

#include "common/kube/api.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

std::unique_ptr<Way> make_core_way(const kube::Config& config, std::string app_namespace,
                                   time::Clock& clock, int interrupt_fd);

}  // namespace stagegate::argocd
