// What is wrong with a pod.
#pragma once

#include <optional>

#include "common/text/json.hpp"
#include "plugins/argocd-sync/evidence/evidence.hpp"

namespace stagegate::argocd {

// Of a pod as Kubernetes tells it: its worst container. Empty: it is well, or on its way out.
std::optional<PodTrouble> trouble_of_pod(const text::Json& pod);
// Of a pod as a node of Argo CD's resource tree, which names no container.
std::optional<PodTrouble> trouble_of_node(const text::Json& node);

}  // namespace stagegate::argocd
