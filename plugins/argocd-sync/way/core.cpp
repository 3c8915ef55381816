#include "plugins/argocd-sync/way/core.hpp"

#include <utility>

#include "common/kube/review.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;

constexpr int kMostLog = 20;
constexpr std::chrono::seconds kOneWatch{280};  // as clients of Kubernetes usually do
constexpr std::string_view kHome = "argocd";    // where Argo CD is installed, as a rule
constexpr std::string_view kName = "stagegate/argocd-sync";

kube::Resource kind(std::string plural) {
  return {"argoproj.io", "v1alpha1", std::move(plural)};
}

std::string plural_of(const ResourceName& name) {
  return cat(text::lower(name.kind), "s");
}

// Whether its resources are in the cluster whose API this is.
bool is_here(const Application& app) {
  const std::string_view server = app.destination.text("server");
  const std::string_view name = app.destination.text("name");
  return (server.empty() || server == "https://kubernetes.default.svc") &&
         (name.empty() || name == "in-cluster");
}

Json step(std::string_view op, std::string_view path) {
  return Json().set("op", op).set("path", path);
}

// What argocd-server would store for the same request. Without `source`: the controller takes the
// specification's.
Json operation_for(const Application& app, const SyncWish& wish) {
  Json sync;
  sync.set("prune", wish.prune).set("syncStrategy", Json().set("hook", Json(Json::Object{})));
  if (!wish.revisions.empty() && !app.several) sync.set("revision", wish.revisions.front());
  if (!wish.revisions.empty() && app.several) {
    sync.set("revisions", list_json(wish.revisions));
  }
  if (app.sync_options.array() != nullptr) sync.set("syncOptions", app.sync_options);
  Json operation;
  // Not `automated`: sync windows would take it for auto-sync.
  operation.set("initiatedBy", Json().set("username", kName))
      .set("info", infos_of(wish))
      .set("sync", std::move(sync));
  if (app.retry.object() != nullptr) operation.set("retry", app.retry);
  return operation;
}

// One patch for all of it, that is refused as a whole when anybody has changed anything since the
// Application was read.
Json patch_for(const Application& seen, const std::vector<Json>& changes, const SyncWish& wish) {
  Json::Array steps;
  steps.push_back(step("test", "/metadata/resourceVersion").set("value", seen.resource_version));
  steps.insert(steps.end(), changes.begin(), changes.end());
  steps.push_back(step("add", "/operation").set("value", operation_for(seen, wish)));
  // Up to Argo CD 3.5.1 what is left of the last operation leaks into the new one: a full sync
  // becomes a partial one (argo-cd#28701).
  if (seen.state) steps.push_back(step("remove", "/status/operationState"));
  return steps;
}

class CoreWay : public Way {
 public:
  CoreWay(const kube::Config& config, std::string app_namespace, time::Clock& clock,
          int interrupt_fd)
      : api_(config, clock, interrupt_fd), name_space_(std::move(app_namespace)) {}

  void set_deadline(std::optional<milliseconds> deadline) override { api_.set_deadline(deadline); }

  // Changing and syncing is one request here: it is made or refused as a whole. What is changed
  // elsewhere, in Git, would be changed before that.
  Result<> preflight(const Application& app, bool changes) override {
    if (changes) return {};
    const auto may = kube::review_own_access(
        api_, {"patch", "argoproj.io", "applications", name_space_, app.name});
    // An API that does not say it says it to the patch itself.
    if (may || may.error().kind != Failure::Kind::refused) return {};
    return unknown(may.error().message);
  }

  Result<Application> read(const std::string& app) override {
    ApplicationReader reader;
    const auto fault =
        Failure{Failure::Kind::unknown,
                cat("the Kubernetes API sent something else than the Application ", app), true};
    const auto there = api_.get(kind("applications"), name_space_, app,
                                [&](std::string_view bytes) -> Result<http::Flow> {
                                  if (!reader.feed(bytes)) return forward(fault);
                                  return http::Flow::go_on;
                                });
    if (!there) return forward(there.error());
    if (!*there) {
      return unknown(cat("there is no Application ", app, " in the namespace ", name_space_,
                         " (is app_namespace its namespace?)"));
    }
    auto read = reader.finish();
    if (!read) return forward(fault);
    return read;
  }

  Result<> look(const std::string& app, Look look) override {
    const Json annotations =
        Json().set("argocd.argoproj.io/refresh", look == Look::hard ? "hard" : "normal");
    return api_.change(kind("applications"), name_space_, app, kube::Patch::merge,
                       Json().set("metadata", Json().set("annotations", annotations)));
  }

  Result<Asked> start(const Application& seen, const std::vector<Json>& patch,
                      const SyncWish& wish) override {
    if (seen.operation) return Asked{Asked::Kind::busy, "another operation is in progress"};
    const auto done = api_.change(kind("applications"), name_space_, seen.name, kube::Patch::json,
                                  patch_for(seen, patch, wish));
    if (done) return Asked{Asked::Kind::accepted};
    return asked_of(done.error(), seen);
  }

  Result<> terminate(const Application& seen) override {
    Json::Array steps;
    if (!seen.state) {  // not begun: then it never will
      steps.push_back(
          step("test", "/metadata/resourceVersion").set("value", seen.resource_version));
      steps.push_back(step("remove", "/operation"));
      return api_.change(kind("applications"), name_space_, seen.name, kube::Patch::json,
                         std::move(steps));
    }
    steps.push_back(
        step("test", "/status/operationState/startedAt").set("value", seen.state->started_at));
    steps.push_back(step("replace", "/status/operationState/phase").set("value", "Terminating"));
    return api_.change(kind("applications"), name_space_, seen.name, kube::Patch::json,
                       std::move(steps));
  }

  Result<Json> project(const std::string& name) override {
    // Projects are in the namespace of Argo CD itself, whatever namespaces Applications are in.
    auto project = api_.get(kind("appprojects"), name_space_, name);
    const bool elsewhere = project && !*project && name_space_ != kHome;
    if (elsewhere) project = api_.get(kind("appprojects"), kHome, name);
    if (!project) return forward(project.error());
    if (*project) return **std::move(project);
    return unknown(cat("there is no AppProject ", name, " in ", name_space_,
                       elsewhere ? cat(", nor in ", kHome) : ""));
  }

  Result<std::optional<bool>> windowed(const Application& /*app*/) override { return std::nullopt; }

  Result<std::optional<Json>> object(const Application& app, const ResourceName& name) override {
    if (!is_here(app)) return std::nullopt;
    return api_.get({name.group, std::string(version_of(name)), plural_of(name)}, name.name_space,
                    name.name);
  }

  Result<> resume(const Application& /*app*/, const ResourceName& rollout) override {
    return unknown(cat(rollout.text(), " pauses, and only Argo CD's own API can resume it: set ",
                       "server, or on_pause: wait"));
  }

  Symptoms symptoms(const Application& app) override {
    if (!is_here(app)) return {};
    const std::string there(app.destination.text("namespace"));
    return {{}, list("pods", there), list("events", there)};
  }

  Json events_of(const Application& /*app*/, const PodTrouble& /*pod*/) override { return {}; }

  Result<LogLines> log_of(const Application& /*app*/, const LogChoice& log) override {
    const auto text = api_.log(log.name_space, log.pod, log.container, log.previous, kMostLog);
    if (!text) return forward(text.error());
    return log_lines_of_text(*text);
  }

  Result<> listen(const Application& since, const std::function<void()>& changed) override {
    kube::ListQuery query;
    query.field_selector = cat("metadata.name=", since.name);
    query.metadata_only = true;
    return api_.watch(kind("applications"), name_space_, query, since.resource_version, kOneWatch,
                      [&](const kube::Event& event) -> Result<http::Flow> {
                        if (event.change != kube::Change::bookmark) changed();
                        return http::Flow::go_on;
                      });
  }

 private:
  // A test of the patch that fails is a 422, and so is a value that the API does not take. Only the
  // Application itself can tell.
  Result<Asked> asked_of(const Failure& failure, const Application& seen) {
    if (failure.kind == Failure::Kind::conflict) return Asked{Asked::Kind::moved, failure.message};
    if (failure.passing) return Asked{Asked::Kind::lost, failure.message};
    if (failure.kind != Failure::Kind::usage) return forward(failure);
    const auto now = read(seen.name);
    if (now && now->resource_version != seen.resource_version) {
      return Asked{Asked::Kind::moved, failure.message};
    }
    return unknown(failure.message);
  }

  // All of them, or null where that is not allowed.
  Json list(std::string plural, const std::string& name_space) {
    if (name_space.empty()) return {};
    Json items{Json::Array{}};
    const auto listed =
        api_.list({"", "v1", std::move(plural)}, name_space, {}, [&](Json one) -> Result<> {
          items.push(std::move(one));
          return {};
        });
    return listed ? Json().set("items", std::move(items)) : Json();
  }

  kube::Api api_;
  std::string name_space_;
};

}  // namespace

std::unique_ptr<Way> make_core_way(const kube::Config& config, std::string app_namespace,
                                   time::Clock& clock, int interrupt_fd) {
  return std::make_unique<CoreWay>(config, std::move(app_namespace), clock, interrupt_fd);
}

}  // namespace stagegate::argocd
