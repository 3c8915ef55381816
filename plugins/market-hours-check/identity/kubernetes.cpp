#include "common/kube/review.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"

namespace stagegate::market_hours {

Result<audit::Actor> KubernetesIdentity::identify(const Request& request) {
  if (request.token.empty()) return usage("a Kubernetes bearer token is needed");
  if (request.project.empty()) return usage("project: name the namespace that the stage is in");
  const std::lock_guard lock(mutex_);
  const auto user = kube::review_token(api_, std::string(request.token));
  if (!user) {
    // A token that is nobody's is no "may not": another one may.
    const bool nobodys = user.error().kind == Failure::Kind::refused;
    return nobodys ? usage(user.error().message) : unknown(user.error().message);
  }
  const kube::Access access{.verb = std::string(verb_of(request.act)),
                            .group = "kargo.akuity.io",
                            .resource = "stages",
                            .name_space = request.project,
                            .name = request.stage};
  if (auto may = kube::review_access(api_, *user, access); !may) return forward(may.error());
  const bool service = user->name.starts_with("system:serviceaccount:");
  return audit::Actor{.name = user->name,
                      .kind = service ? "service" : "human",
                      .via = "kubernetes",
                      .raw = text::cat("kubernetes:", user->name),
                      .verified = true};
}

}  // namespace stagegate::market_hours
