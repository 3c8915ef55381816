#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

text::Json infos_of(const SyncWish& wish) {
  text::Json infos;
  infos.push(text::Json().set("name", kRunInfo).set("value", wish.run));
  for (const auto& [name, value] : wish.infos) {
    infos.push(text::Json().set("name", name).set("value", value));
  }
  return infos;
}

std::string_view version_of(const ResourceName& name) {
  return name.group == "argoproj.io" ? "v1alpha1" : "v1";
}

}  // namespace stagegate::argocd
