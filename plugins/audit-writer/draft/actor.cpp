#include "plugins/audit-writer/draft/actor.hpp"

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

std::string word(ActorKind kind) {
  switch (kind) {
    case ActorKind::human:
      return "human";
    case ActorKind::service:
      return "service";
    case ActorKind::unknown:
      break;
  }
  return "unknown";
}

// The forms in which Kubernetes and Kargo name programs.
bool is_service_name(std::string_view name) {
  return name.starts_with("kubernetes:system:serviceaccount:") ||
         name.starts_with("system:serviceaccount:") || name.starts_with("controller:");
}

// A cron job's author is whoever set it up, or the job's name: nobody sat there.
bool is_unattended(const Pipeline& pipeline) {
  return pipeline.event == "cron";
}

}  // namespace

audit::Actor claimed_actor(const Claim& claim, std::string_view via) {
  audit::Actor actor;
  actor.name = claim.name;
  if (claim.kind) {
    actor.kind = word(*claim.kind);
  } else if (is_service_name(claim.name)) {
    actor.kind = "service";
  }
  actor.via = via;
  return actor;
}

std::optional<audit::Actor> operator_of(const Claim& claim, const Pipeline& pipeline) {
  if (claim.name.empty() && pipeline.author.empty()) return std::nullopt;
  const bool is_author = claim.name.empty() || claim.name == pipeline.author;
  const std::string_view via = pipeline.system.empty() ? "cli" : std::string_view(pipeline.system);
  audit::Actor actor =
      claimed_actor({claim.name.empty() ? pipeline.author : claim.name, claim.kind}, via);
  if (is_author) {
    if (!claim.kind) actor.kind = is_unattended(pipeline) ? "service" : "human";
    actor.verified = pipeline.vouches_for_author;
  } else if (!pipeline.author.empty()) {
    actor.raw = text::cat("author of the run: ", pipeline.author);
  }
  return actor;
}

}  // namespace stagegate::audit_writer
