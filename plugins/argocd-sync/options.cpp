#include "plugins/argocd-sync/options.hpp"

#include <set>

#include "common/http/url.hpp"
#include "common/kube/api.hpp"
#include "common/step/progress.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/tag_file.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Verbs = std::vector<std::string>;

const Verbs& sync_only() {
  static const Verbs kVerbs = {"sync"};
  return kVerbs;
}
const Verbs& both() {
  static const Verbs kVerbs = {"sync", "wait"};
  return kVerbs;
}

void declare_access(settings::Table& table, AccessSettings& a) {
  table.add(a.server, {.name = "server",
                       .help = "The address of Argo CD; without it, the Kubernetes API is used.",
                       .value = "URL"});
  table.add(a.token, {.name = "token",
                      .help = "A token for `server`: of a project's role, or of an account."});
  table.add(a.username, {.name = "username", .help = "Logs in to `server`, instead of `token`."});
  table.add(a.password, {.name = "password", .help = "The password of `username`."});
  table.add(a.ca_file, {.name = "ca_file",
                        .help = "Certificates that are trusted beside the system's.",
                        .value = "FILE"});
  table.add(a.insecure, {.name = "insecure",
                         .help = "Do not look at certificates. For trying things out only.",
                         .fallback = "false"});
  table.add(a.plain_http, {.name = "plain_http",
                           .help = "Send the token to `server` without TLS: inside of a cluster "
                                   "only.",
                           .fallback = "false"});
  table.add(a.proxy, {.name = "proxy",
                      .help = "A proxy, instead of what the environment says; none: no proxy.",
                      .value = "URL"});
  kube::declare_cluster_settings(table, a.cluster, {});
}

void declare_target(settings::Table& table, Options& o) {
  table.add(o.apps, {.name = "apps",
                     .help = "The Applications, all of one project.",
                     .value = "NAME",
                     .verbs = {},
                     .required = true});
  table.add(o.project, {.name = "project",
                        .help = "Their project. Without it Argo CD does not say whether an "
                                "Application does not exist or is not shown.",
                        .value = "NAME"});
  table.add(o.app_namespace, {.name = "app_namespace",
                              .help = "The namespace of the Applications.",
                              .value = "NAMESPACE",
                              .fallback = "argocd"});
}

void declare_tag(settings::Table& table, Options& o) {
  table.add(
      o.tag,
      {.name = "tag", .help = "The tag that is to run.", .ci = {"CI_COMMIT_SHA"}, .verbs = both()});
  table.add(o.carrier, {.name = "carrier",
                        .help = "Where the tag is set: in parameters of Helm, in images of "
                                "Kustomize, in a file in Git, or nowhere (sync only).",
                        .fallback = "helm",
                        .verbs = sync_only(),
                        .choices = {"helm", "kustomize", "git", "none"}});
  table.add(o.parameters, {.name = "parameters",
                           .help = "Parameters of Helm that get the tag.",
                           .value = "NAME",
                           .fallback = "image.tag",
                           .verbs = sync_only()});
  table.add(o.kustomize_images, {.name = "kustomize_images",
                                 .help = "Images of Kustomize that get the tag.",
                                 .value = "IMAGE",
                                 .verbs = sync_only()});
  git::declare_git_settings(table, o.git, sync_only());
  table.add(o.source, {.name = "source",
                       .help = "Which of several sources has the tag: its name, or its number "
                               "from 1.",
                       .verbs = sync_only()});
}

void declare_goal(settings::Table& table, Options& o) {
  table.add(o.expect_images, {.name = "expect_images",
                              .help = "Images that its pods have to run in the end; without a tag, "
                                      "the one that is set.",
                              .value = "IMAGE",
                              .verbs = both()});
  table.add(o.exclusive_images, {.name = "exclusive_images",
                                 .help = "No pod may run another tag of these images any more.",
                                 .fallback = "false",
                                 .verbs = both()});
  table.add(o.revisions, {.name = "revisions",
                          .help = "The revision to sync or to wait for; of several sources, one "
                                  "for each.",
                          .value = "REVISION",
                          .verbs = both()});
  table.add(o.prune, {.name = "prune",
                      .help = "Remove what is not in the sources any more.",
                      .fallback = "false",
                      .verbs = sync_only()});
  table.add(o.allow_leftovers, {.name = "allow_leftovers",
                                .help = "What a sync with `prune` would remove may stay.",
                                .fallback = "false",
                                .verbs = both()});
  table.add(o.ignore_health, {.name = "ignore_health",
                              .help = "Resources whose health does not count: group/Kind, or "
                                      "group/Kind/name. With `server` only.",
                              .value = "RESOURCE",
                              .verbs = both()});
}

void declare_origin(settings::Table& table, Options& o) {
  table.add(o.run_id, {.name = "run_id",
                       .help = "The same for the same run: a step that is started again finds its "
                               "own sync and goes on waiting for it. By default the pipeline and "
                               "the step, or else a random one.",
                       .value = "ID",
                       .verbs = sync_only()});
  table.add(o.actor, {.name = "actor",
                      .help = "Who asks for it; stored with the sync.",
                      .ci = {"CI_PIPELINE_AUTHOR"},
                      .verbs = sync_only()});
  table.add(o.stage, {.name = "stage",
                      .help = "Which stage it is for; stored with the sync, and in the commit of a "
                              "write-back.",
                      .ci = {"CI_PIPELINE_DEPLOY_TARGET"},
                      .verbs = sync_only()});
  table.add(o.commit, {.name = "commit",
                       .help = "Of which commit it is; stored with the sync.",
                       .ci = {"CI_COMMIT_SHA"},
                       .verbs = sync_only()});
  table.add(o.pipeline_url, {.name = "pipeline_url",
                             .help = "Where it comes from; stored with the sync.",
                             .value = "URL",
                             .ci = {"CI_PIPELINE_URL"},
                             .verbs = sync_only()});
}

void declare_patience(settings::Table& table, Options& o) {
  table.add(o.timeout, {.name = "timeout", .help = "How long in all.", .fallback = "10m"});
  const auto add = [&](milliseconds& target, const char* name, const char* fallback,
                       const char* help) {
    table.add(target, {.name = name, .help = help, .fallback = fallback, .verbs = both()});
  };
  WatchSettings& w = o.watch;
  add(w.settle, "settle", "10s", "How long all has to be as wished before it counts.");
  add(w.degraded_grace, "degraded_grace", "1m", "How long it may be Degraded.");
  add(w.error_grace, "error_grace", "1m", "How long Argo CD may be unable to compare.");
  add(w.out_of_sync_grace, "out_of_sync_grace", "30s",
      "How long it may be OutOfSync after the sync.");
  add(w.image_grace, "image_grace", "1m",
      "How long a healthy Application may run other images than `expect_images`.");
  add(w.window_grace, "window_grace", "1m",
      "How long a sync may wait for a sync window: Argo CD's first look may be wrong.");
  add(w.poll_min, "poll_min", "2s", "The shortest pause between two looks.");
  add(w.poll_max, "poll_max", "15s",
      "The longest; twice as long while Argo CD tells of changes by itself.");
  add(w.heartbeat, "heartbeat", "30s", "How often a line is logged while nothing changes.");
}

void declare_policies(settings::Table& table, Options& o) {
  table.add(o.on_busy, {.name = "on_busy",
                        .help = "While another operation is in progress: wait for its end, adopt "
                                "it if it brings the same tag, or fail.",
                        .fallback = "wait",
                        .verbs = sync_only(),
                        .choices = {"wait", "adopt", "fail"}});
  table.add(o.on_pause,
            {.name = "on_pause",
             .help = "A Rollout that waits for somebody: fail, succeed (who promotes it "
                     "takes over), wait, or resume it. A pause that ends by itself is "
                     "waited for.",
             .fallback = "fail",
             .verbs = both(),
             .choices = {"fail", "succeed", "wait", "resume"}});
  table.add(o.on_timeout, {.name = "on_timeout",
                           .help = "What becomes of our sync when time is up, or a signal ends the "
                                   "step. One that a sync window holds is always terminated: it "
                                   "would run when the window opens.",
                           .fallback = "leave",
                           .verbs = sync_only(),
                           .choices = {"leave", "terminate"}});
  table.add(o.rollback_on_failure,
            {.name = "rollback_on_failure",
             .help = "Set the tag back that was there, and sync that, where an Application has "
                     "failed. The answer stays no.",
             .fallback = "false",
             .verbs = sync_only()});
  table.add(o.rollback_timeout, {.name = "rollback_timeout",
                                 .help = "How long the way back may take, beside `timeout`.",
                                 .fallback = "5m",
                                 .verbs = sync_only()});
  table.add(o.order, {.name = "order",
                      .help = "Several Applications at once, or one after the other until one "
                              "fails.",
                      .fallback = "parallel",
                      .verbs = both(),
                      .choices = {"parallel", "sequence"}});
}

void declare_lint(settings::Table& table, Options& o) {
  const Verbs lint = {"lint-windows"};
  table.add(o.manifest,
            {.name = "manifest",
             .help = "The manifest of the AppProject, instead of the one in the cluster: "
                     "before it is applied. `apps` are no more than names then.",
             .value = "FILE",
             .verbs = lint});
  table.add(o.namespaces, {.name = "namespaces",
                           .help = "With `manifest`: where an Application goes, for windows that "
                                   "select by namespace.",
                           .value = "APP=NAMESPACE",
                           .verbs = lint});
  table.add(o.calendar,
            {.name = "calendar",
             .help = "The market's calendar: a built-in one, or the path of a YAML file "
                     "(market-hours-check calendar list).",
             .value = "ID|FILE",
             .fallback = "us-equity-hours",
             .verbs = lint});
  table.add(o.ahead, {.name = "ahead",
                      .help = "How many days are compared.",
                      .value = "DAYS",
                      .fallback = "90",
                      .verbs = lint,
                      .least = 1,
                      .most = 366});
  table.add(
      o.at,
      {.name = "at", .help = "From when on, instead of now.", .value = "TIME", .verbs = lint});
}

Result<> check_access(const AccessSettings& a) {
  if (a.server.empty()) {
    if (a.token.empty() && a.username.empty() && a.password.empty()) return {};
    return usage("server: is missing beside the token or the login that is for it");
  }
  if (!a.cluster.kube_api.empty() || !a.cluster.kube_token_path.empty()) {
    return usage("server: Argo CD is asked there, or through kube_api: set one of them");
  }
  const auto url = http::parse_url(a.server);
  if (!url) return usage(cat("server: ", url.error().message));
  if (a.server.find_first_of("?#") != std::string::npos) {
    return usage("server: is an address with at most a path: leave away what begins with ? or #");
  }
  if (a.username.empty() != a.password.empty()) {
    return usage("username and password: one is missing");
  }
  if (a.token.empty() == a.username.empty()) {
    return usage(a.token.empty() ? "token: is missing; or set username and password"
                                 : "token: the login is not needed beside it: set one of them");
  }
  if (a.plain_http) return {};
  kube::Config config;
  config.url = url->origin();
  if (auto fine = kube::check_config(config); !fine) {
    return usage(cat("server: ", fine.error().message, ", or set plain_http"));
  }
  return {};
}

// Two that deploy the same one would meet each other's sync.
Result<> check_apps(const std::vector<std::string>& apps) {
  std::set<std::string_view> seen;
  for (const std::string& app : apps) {
    if (!seen.insert(app).second) return usage(cat("apps: ", text::quoted(app), " is there twice"));
  }
  return {};
}

Result<> check_images(const Options& o) {
  if (!o.tag.text.empty()) return {};
  for (const std::string& image : o.expect_images) {
    if (is_pinned(image)) continue;
    return usage(cat("expect_images: ", image, " has no tag, and there is no tag to append"));
  }
  return {};
}

Result<> check_goal(const Options& o, std::string_view verb) {
  if (verb == "wait") {
    if (!o.expect_images.empty() || !o.revisions.empty()) return {};
    return usage(
        "expect_images: what is waited for? Set the images that have to run, or revisions: "
        "\"Synced and Healthy\" may be what it was before");
  }
  if (o.carrier == Carrier::none && o.rollback_on_failure) {
    return usage("rollback_on_failure: with carrier: none there is no tag that could be set back");
  }
  if (o.carrier == Carrier::none) return {};
  if (o.tag.text.empty()) return usage("tag: is missing; or set carrier: none to sync only");
  if (o.carrier == Carrier::kustomize && o.kustomize_images.empty()) {
    return usage("kustomize_images: which images of Kustomize get the tag?");
  }
  if (o.carrier == Carrier::git) return check_tag_file(o);
  if (o.carrier == Carrier::helm && o.parameters.empty()) {
    return usage("parameters: which parameters of Helm get the tag?");
  }
  return {};
}

}  // namespace

void declare_options(settings::Table& table, Options& o) {
  table.verb({.name = "sync",
              .help = "Set the tag, sync, and wait until exactly that runs and is healthy."});
  table.verb({.name = "wait", .help = "Wait until it runs, whoever syncs it."});
  table.verb({.name = "lint-windows",
              .help = "Compare the sync windows of the Applications with a market's calendar."});
  declare_access(table, o.access);
  declare_target(table, o);
  declare_tag(table, o);
  declare_goal(table, o);
  declare_origin(table, o);
  declare_patience(table, o);
  declare_policies(table, o);
  declare_lint(table, o);
}

Result<> check_options(const Options& o, std::string_view verb) {
  if (!o.manifest.empty()) return {};
  if (auto good = check_access(o.access); !good || verb == "lint-windows") return good;
  if (auto good = check_apps(o.apps); !good) return good;
  if (auto good = check_goal(o, verb); !good) return good;
  if (auto good = check_images(o); !good) return good;
  if (!o.ignore_health.empty() && o.access.server.empty()) {
    return usage(
        "ignore_health: Kubernetes does not keep the health of single resources: set "
        "server, or the annotation argocd.argoproj.io/ignore-healthcheck");
  }
  if (o.watch.poll_min < milliseconds(10)) {
    return usage("poll_min: at least 10ms: nobody is asked without a pause");
  }
  if (o.watch.poll_max < o.watch.poll_min) return usage("poll_max: is less than poll_min");
  return step::check_heartbeat(o.watch.heartbeat);
}

}  // namespace stagegate::argocd
