#include <map>

#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/windows.hpp"
#include "plugins/argocd-sync/verbs/verbs.hpp"
#include "plugins/argocd-sync/way/open.hpp"
#include "plugins/argocd-sync/windows/fitting.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"
#include "plugins/argocd-sync/windows/manifest.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kMostManifest = 1u << 20;

// A project's windows, and its Applications as they see them.
struct Subject {
  std::string project;
  std::vector<Window> windows;
  std::vector<Target> targets;
};

Result<std::vector<Subject>> in_cluster(Way& way, const std::vector<std::string>& apps) {
  std::map<std::string, std::vector<Target>> targets;
  for (const std::string& name : apps) {
    const auto app = way.read(name);
    if (!app) return forward(app.error());
    targets[app->project].push_back(target_of(*app));
  }
  std::vector<Subject> subjects;
  for (auto& [name, of_project] : targets) {
    const auto project = way.project(name);
    if (!project) return forward(project.error());
    auto windows = project_windows(*project);
    if (!windows) return forward(windows.error());
    subjects.push_back({name, *std::move(windows), std::move(of_project)});
  }
  return subjects;
}

Result<std::vector<Subject>> in_file(const Options& options) {
  const auto text = fs::read_file(options.manifest, kMostManifest);
  if (!text) return forward(text.error());
  auto windows = manifest_windows(*text);
  if (!windows) {
    return fail(windows.error().kind, cat(options.manifest, ": ", windows.error().message));
  }
  std::vector<Target> targets;
  for (const std::string& app : options.apps) {
    const auto place = options.namespaces.find(app);
    targets.push_back({app, place == options.namespaces.end() ? "" : place->second, {}, {}});
  }
  return std::vector<Subject>{{options.manifest, *std::move(windows), std::move(targets)}};
}

Result<std::vector<Subject>> subjects_of(const Options& options, const step::Run& run) {
  if (!options.manifest.empty()) return in_file(options);
  const milliseconds deadline = run.clock.uptime() + options.timeout;
  const auto make_way = open_way(options, run.clock, deadline, run.interrupt_fd);
  if (!make_way) return forward(make_way.error());
  auto way = (*make_way)(run.interrupt_fd);
  if (!way) return forward(way.error());
  (*way)->set_deadline(deadline);
  return in_cluster(**way, options.apps);
}

struct Linted {
  LintReport report;
  std::string fitting;  // what to write instead; empty: it is fine
};

Result<Linted> lint(const Subject& subject, const Options& options, time::Instant now) {
  const auto calendar = market_hours::load_calendar(options.calendar);
  if (!calendar) return forward(calendar.error());
  auto report = argocd::lint_windows(subject.windows, subject.targets, *calendar, now,
                                     date::days(options.ahead));
  if (!report) return forward(report.error());
  Linted linted{*std::move(report), {}};
  if (!linted.report.fails()) return linted;
  std::vector<std::string> apps;
  for (const Target& target : subject.targets) apps.push_back(target.application);
  if (const auto fitting = fitting_windows(*calendar, apps, now)) {
    linted.fitting = to_yaml(*fitting);
  }
  return linted;
}

std::string in_words(const std::string& project, const Linted& linted) {
  std::string text = cat(project, ": ",
                         linted.report.fails() ? "its windows do not guard what the calendar blocks"
                                               : "its windows guard what the calendar blocks");
  for (const LintFinding& finding : linted.report.findings) {
    text += cat("\n  ", word(finding.severity), ": ", finding.words);
  }
  if (!linted.fitting.empty()) text += cat("\nthese would:\n", text::trim(linted.fitting));
  return text;
}

}  // namespace

step::Outcome lint_windows(const Options& options, const step::Run& run) {
  if (auto good = check_options(options, run.verb); !good) return step::outcome_of(good.error());
  const auto subjects = subjects_of(options, run);
  if (!subjects) return step::outcome_of(subjects.error());
  step::Outcome outcome;
  std::vector<std::string> texts;
  Json projects{Json::Array{}};
  for (const Subject& subject : *subjects) {
    const auto linted = lint(subject, options, options.at.value_or(run.clock.now()));
    if (!linted) return step::outcome_of(linted.error());
    if (linted->report.fails()) outcome.exit = step::Exit::no;
    texts.push_back(in_words(subject.project, *linted));
    projects.push(Json(to_json(linted->report)).set("project", subject.project));
  }
  outcome.text = text::join(texts, "\n");
  outcome.json.set("calendar", options.calendar).set("projects", std::move(projects));
  return outcome;
}

}  // namespace stagegate::argocd
