#include "plugins/audit-writer/watch/deed.hpp"

#include <string_view>

#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr std::size_t kLongestName = 320;
constexpr std::size_t kLongestRaw = 512;

// The kind of a Kubernetes user; nobody in particular has an unknown one.
std::string_view kind_of_user(std::string_view user) {
  if (user.starts_with("system:serviceaccount:")) return "service";
  // Of the kubeconfig that a cluster is made with: shared, like a root password.
  if (user == "system:admin" || user == "kubernetes-admin") return "unknown";
  if (user.starts_with("system:")) return "service";
  return "human";
}

}  // namespace

audit::Actor actor_of(const Deed& deed) {
  audit::Actor actor;
  actor.via = "kargo";
  if (deed.automatic) {
    actor.name = "auto-promotion";
    actor.kind = "service";
    actor.verified = !deed.claimed;
    return actor;
  }
  const std::string_view raw = deed.actor;
  actor.raw = text::cut_at_character(raw, kLongestRaw);
  const auto colon = raw.find(':');
  const std::string_view prefix = colon == std::string_view::npos ? "" : raw.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : raw.substr(colon + 1);
  if (prefix.empty() || text::trim(rest).empty()) {
    actor.name = text::trim(raw).empty() ? std::string_view("unknown")
                                         : text::cut_at_character(raw, kLongestName);
    return actor;
  }
  actor.name = text::cut_at_character(rest, kLongestName);
  if (prefix == "controller") {
    actor.kind = "service";
  } else {
    actor.kind = prefix == "kubernetes" ? kind_of_user(rest) : "human";
  }
  actor.verified = actor.kind != "unknown" && !deed.claimed;
  return actor;
}

}  // namespace stagegate::audit_writer
