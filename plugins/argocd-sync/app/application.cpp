#include "plugins/argocd-sync/app/application.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "common/text/json_pick.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kNamed = 100;  // resources in trouble that are kept
constexpr std::string_view kTracking = "argocd.argoproj.io/tracking-id";
constexpr std::string_view kRefresh = "argocd.argoproj.io/refresh";
constexpr std::string_view kSkip = "argocd.argoproj.io/skip-reconcile";

const std::vector<std::string>& paths() {
  static const std::vector<std::string> kPaths = {
      "metadata.name",
      "metadata.namespace",
      "metadata.resourceVersion",
      "metadata.annotations",
      "metadata.ownerReferences.kind",
      "metadata.ownerReferences.name",
      "metadata.deletionTimestamp",
      "metadata.managedFields.manager",
      "metadata.managedFields.time",
      "metadata.managedFields.fieldsV1.f:spec.f:source",
      "metadata.managedFields.fieldsV1.f:spec.f:sources",
      "spec.destination",
      "spec.project",
      "spec.source",
      "spec.sources",
      "spec.syncPolicy",
      "operation",
      "status.sync",
      "status.health",
      "status.reconciledAt",
      "status.conditions",
      "status.summary.images",
      "status.operationState.phase",
      "status.operationState.startedAt",
      "status.operationState.finishedAt",
      "status.operationState.message",
      "status.operationState.operation",
      "status.operationState.syncResult.revision",
      "status.operationState.syncResult.revisions",
      "status.operationState.syncResult.source",
      "status.operationState.syncResult.sources",
      "status.operationState.syncResult.resources",
      "status.resources.group",
      "status.resources.kind",
      "status.resources.namespace",
      "status.resources.name",
      "status.resources.status",
      "status.resources.health",
      "status.resources.requiresPruning"};
  return kPaths;
}

// One source is in a member of its own, several are in a list.
std::vector<Json> sources_of(const Json& json) {
  const Json::Array& several = array_of(member(json, {"sources"}));
  if (!several.empty()) return several;
  const Json* one = json.find("source");
  return one == nullptr || one->is_null() ? std::vector<Json>() : std::vector<Json>{*one};
}

std::vector<std::string> revisions_of(const Json& json) {
  auto several = strings_of(member(json, {"revisions"}));
  if (!several.empty()) return several;
  auto one = string_at(json, {"revision"});
  return one.empty() ? std::vector<std::string>() : std::vector<std::string>{std::move(one)};
}

template <class Enum, std::size_t Size>
Enum choose(std::string_view text, const std::array<std::pair<std::string_view, Enum>, Size>& words,
            Enum otherwise) {
  for (const auto& [name, value] : words) {
    if (name == text) return value;
  }
  return otherwise;
}

constexpr std::array<std::pair<std::string_view, Phase>, 5> kPhases{{
    {"Running", Phase::running},
    {"Terminating", Phase::terminating},
    {"Succeeded", Phase::succeeded},
    {"Failed", Phase::failed},
    {"Error", Phase::error},
}};
constexpr std::array<std::pair<std::string_view, Health>, 5> kHealths{{
    {"Healthy", Health::healthy},
    {"Suspended", Health::suspended},
    {"Progressing", Health::progressing},
    {"Missing", Health::missing},
    {"Degraded", Health::degraded},
}};
constexpr std::array<std::pair<std::string_view, Sync>, 2> kSyncs{{
    {"Synced", Sync::synced},
    {"OutOfSync", Sync::out_of_sync},
}};

ResourceName name_of(const Json& json) {
  return {std::string(json.text("group")), std::string(json.text("kind")),
          std::string(json.text("namespace")), std::string(json.text("name"))};
}

bool has_pods(const ResourceName& name) {
  constexpr std::array<std::string_view, 7> kKinds = {
      "Deployment", "Rollout", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Pod"};
  return std::ranges::find(kKinds, name.kind) != kKinds.end();
}

Operation operation_of(const Json& json) {
  Operation operation;
  for (const Json& info : array_of(member(json, {"info"}))) {
    if (info.text("name") == kRunInfo) operation.run = info.text("value");
  }
  operation.by = string_at(json, {"initiatedBy", "username"});
  operation.automated = is_true(member(json, {"initiatedBy", "automated"}));
  operation.partial = !array_of(member(json, {"sync", "resources"})).empty();
  operation.sources = sources_of(member(json, {"sync"}));
  return operation;
}

std::string manager_of(const Json& json) {
  for (const Json& owner : array_of(member(json, {"metadata", "ownerReferences"}))) {
    if (owner.text("kind") == "ApplicationSet") {
      return cat("the ApplicationSet ", owner.text("name"));
    }
  }
  const auto tracking = string_at(json, {"metadata", "annotations", kTracking});
  return tracking.empty() ? "" : cat("the Application ", tracking.substr(0, tracking.find(':')));
}

// Times of one form sort as texts.
std::string last_hand_of(const Json& json) {
  std::string who;
  std::string_view when;
  for (const Json& entry : array_of(member(json, {"metadata", "managedFields"}))) {
    if (member(entry, {"fieldsV1", "f:spec"}).object() == nullptr) continue;
    if (entry.text("time") < when) continue;
    when = entry.text("time");
    who = entry.text("manager");
  }
  return who;
}

bool syncs_by_itself(const Json& json) {
  const Json& automated = member(json, {"spec", "syncPolicy", "automated"});
  if (automated.object() == nullptr) return false;
  const Json* enabled = automated.find("enabled");
  return enabled == nullptr || is_true(*enabled);
}

// What people write for others than Argo CD: there "off" and "not said" are two things.
bool is_foreign(std::string_view name) {
  return name == "valuesObject" || name == "plugin" || name == "commonAnnotations" ||
         name == "commonLabels";
}

bool is_empty(const Json& json) {
  if (const auto* object = json.object()) return object->empty();
  if (const auto* array = json.array()) return array->empty();
  if (const auto* string = json.string()) return string->empty();
  return json.is_null() || (json.boolean() != nullptr && !*json.boolean());
}

// The form in which two values can be compared. Kubernetes keeps a specification as it was written;
// Go leaves empty members out, and writes an empty `jsonnet` into every directory.
Json comparable(const Json& json, bool keeps_empty = false) {
  if (const auto* array = json.array()) {
    Json::Array elements;
    for (const Json& element : *array) elements.push_back(comparable(element, keeps_empty));
    return elements;
  }
  if (json.object() == nullptr) return json;
  Json::Object members;
  for (const auto& [name, value] : *json.object()) {
    Json member = comparable(value, keeps_empty || is_foreign(name));
    if (keeps_empty || !is_empty(member)) members.emplace_back(name, std::move(member));
  }
  std::ranges::sort(members, {}, &Json::Member::first);
  return members;
}

}  // namespace

class ApplicationReader::Parts {
 public:
  Parts() : pick_(paths()) {
    pick_.elements("status.resources", [this](const Json& one) { note_resource(one); });
    pick_.elements("status.operationState.syncResult.resources",
                   [this](const Json& one) { note_result(one); });
  }

  Result<> feed(std::string_view bytes) { return pick_.feed(bytes); }

  Result<Application> finish() {
    const auto json = pick_.finish();
    if (!json) return unknown(cat("no Application came: ", json.error().message));
    if (string_at(*json, {"metadata", "name"}).empty()) {
      return unknown("no Application came: it has no name");
    }
    read_identity(*json);
    read_operations(*json);
    read_status(*json);
    return std::move(app_);
  }

 private:
  void note_resource(const Json& one) {
    ResourceName name = name_of(one);
    if (name.group == "argoproj.io" && name.kind == "Rollout") app_.rollouts.push_back(name);
    if (has_pods(name) && app_.workloads.size() < kNamed) app_.workloads.push_back(name);
    const auto health = string_at(one, {"health", "status"});
    const bool healthy = health.empty() || health == "Healthy";
    const bool synced = one.text("status").empty() || one.text("status") == "Synced";
    const bool leftover = is_true(member(one, {"requiresPruning"}));
    if (one.text("status") == "OutOfSync" && !leftover) ++app_.differing;
    if (healthy && synced) return;
    if (app_.troubled.size() == kNamed) {
      app_.more_trouble = true;
      return;
    }
    app_.troubled.push_back({std::move(name), healthy ? std::string(one.text("status")) : health,
                             string_at(one, {"health", "message"})});
  }

  void note_result(const Json& one) {
    const std::string_view status = one.text("status");
    const std::string_view hook = one.text("hookPhase");
    if (status == "PruneSkipped" && prune_skipped_.size() < kNamed) {
      prune_skipped_.push_back(name_of(one));
    }
    // Argo CD tells a hook's phase for what is no hook, too.
    const bool bad = status == "SyncFailed" || hook == "Failed" || hook == "Error";
    if (!bad || failed_.size() == kNamed) return;
    failed_.push_back({name_of(one), std::string(status.empty() ? hook : status),
                       std::string(one.text("message"))});
  }

  void read_identity(const Json& json) {
    app_.name = string_at(json, {"metadata", "name"});
    app_.name_space = string_at(json, {"metadata", "namespace"});
    app_.resource_version = string_at(json, {"metadata", "resourceVersion"});
    app_.deleting = !string_at(json, {"metadata", "deletionTimestamp"}).empty();
    app_.skips_reconcile = string_at(json, {"metadata", "annotations", kSkip}) == "true";
    app_.refreshing = !string_at(json, {"metadata", "annotations", kRefresh}).empty();
    app_.managed_by = manager_of(json);
    app_.project = string_at(json, {"spec", "project"});
    app_.auto_sync = syncs_by_itself(json);
    app_.sources = sources_of(member(json, {"spec"}));
    app_.several = !array_of(member(json, {"spec", "sources"})).empty();
    app_.last_hand = last_hand_of(json);
    app_.destination = member(json, {"spec", "destination"});
    app_.sync_options = member(json, {"spec", "syncPolicy", "syncOptions"});
    app_.retry = member(json, {"spec", "syncPolicy", "retry"});
  }

  void read_operations(const Json& json) {
    const Json& operation = member(json, {"operation"});
    if (operation.object() != nullptr) app_.operation = operation_of(operation);
    const Json& there = member(json, {"status", "operationState"});
    if (there.object() == nullptr) return;
    OperationState state;
    state.phase = choose(there.text("phase"), kPhases, Phase::none);
    state.operation = operation_of(member(there, {"operation"}));
    state.started_at = there.text("startedAt");
    state.finished_at = instant_of(member(there, {"finishedAt"}));
    state.message = there.text("message");
    state.revisions = revisions_of(member(there, {"syncResult"}));
    state.applied = sources_of(member(there, {"syncResult"}));
    state.failed = std::move(failed_);
    state.prune_skipped = std::move(prune_skipped_);
    app_.state = std::move(state);
  }

  void read_status(const Json& json) {
    const Json& status = member(json, {"status"});
    app_.sync = choose(string_at(status, {"sync", "status"}), kSyncs, Sync::unknown);
    app_.revisions = revisions_of(member(status, {"sync"}));
    app_.compared = sources_of(member(status, {"sync", "comparedTo"}));
    app_.health = choose(string_at(status, {"health", "status"}), kHealths, Health::unknown);
    app_.health_message = string_at(status, {"health", "message"});
    app_.reconciled_at = instant_of(member(status, {"reconciledAt"}));
    app_.images = strings_of(member(status, {"summary", "images"}));
    for (const Json& condition : array_of(member(status, {"conditions"}))) {
      if (!condition.text("type").ends_with("Error")) continue;  // the others are warnings
      app_.errors.push_back(cat(condition.text("type"), ": ", condition.text("message")));
    }
  }

  text::JsonPick pick_;
  Application app_;
  std::vector<ResourceState> failed_;
  std::vector<ResourceName> prune_skipped_;
};

ApplicationReader::ApplicationReader() : parts_(std::make_unique<Parts>()) {}
ApplicationReader::~ApplicationReader() = default;

Result<> ApplicationReader::feed(std::string_view bytes) {
  return parts_->feed(bytes);
}

Result<Application> ApplicationReader::finish() {
  return parts_->finish();
}

std::string ResourceName::text() const {
  return cat(group, group.empty() ? "" : "/", kind, ' ', name_space, name_space.empty() ? "" : "/",
             name);
}

std::string_view word(Health health) {
  for (const auto& [name, value] : kHealths) {
    if (value == health) return name;
  }
  return "Unknown";
}

std::optional<Health> health_named(std::string_view word) {
  for (const auto& [name, value] : kHealths) {
    if (name == word) return value;
  }
  return word == "Unknown" ? std::optional(Health::unknown) : std::nullopt;
}

std::string_view word(Sync sync) {
  for (const auto& [name, value] : kSyncs) {
    if (value == sync) return name;
  }
  return "Unknown";
}

bool same_value(const Json& left, const Json& right) {
  return comparable(left) == comparable(right);
}

bool same_sources(const std::vector<Json>& left, const std::vector<Json>& right) {
  return std::ranges::equal(left, right, same_value);
}

}  // namespace stagegate::argocd
