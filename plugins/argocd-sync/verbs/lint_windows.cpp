#include <map>

#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/windows.hpp"
#include "plugins/argocd-sync/verbs/verbs.hpp"
#include "plugins/argocd-sync/way/open.hpp"
#include "plugins/argocd-sync/windows/fitting.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;

// The Applications of one project, as its windows see them.
using Targets = std::map<std::string, std::vector<Target>>;

Result<Targets> targets_of(Way& way, const std::vector<std::string>& apps) {
  Targets targets;
  for (const std::string& name : apps) {
    const auto app = way.read(name);
    if (!app) return forward(app.error());
    targets[app->project].push_back(target_of(*app));
  }
  return targets;
}

struct Linted {
  LintReport report;
  std::string fitting;  // what to write instead; empty: it is fine
};

Result<Linted> lint_project(Way& way, const std::string& name, const std::vector<Target>& targets,
                            const Options& options, time::Instant now) {
  const auto project = way.project(name);
  if (!project) return forward(project.error());
  const auto windows = project_windows(*project);
  if (!windows) return forward(windows.error());
  const auto calendar = market_hours::load_calendar(options.calendar);
  if (!calendar) return forward(calendar.error());
  auto report = argocd::lint_windows(*windows, targets, *calendar, now, date::days(options.ahead));
  if (!report) return forward(report.error());
  Linted linted{*std::move(report), {}};
  if (!linted.report.fails()) return linted;
  std::vector<std::string> apps;
  for (const Target& target : targets) apps.push_back(target.application);
  if (const auto fitting = fitting_windows(*calendar, apps, now)) {
    linted.fitting = to_yaml(*fitting);
  }
  return linted;
}

std::string in_words(const std::string& project, const Linted& linted) {
  std::string text = cat("project ", project, ": ",
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
  const auto make_way = open_way(options, run.clock, run.interrupt_fd);
  if (!make_way) return step::outcome_of(make_way.error());
  auto way = (*make_way)(run.interrupt_fd);
  if (!way) return step::outcome_of(way.error());
  (*way)->set_deadline(run.clock.uptime() + options.timeout);
  const auto targets = targets_of(**way, options.apps);
  if (!targets) return step::outcome_of(targets.error());
  step::Outcome outcome;
  std::vector<std::string> texts;
  Json projects{Json::Array{}};
  for (const auto& [project, apps] : *targets) {
    const auto linted =
        lint_project(**way, project, apps, options, options.at.value_or(run.clock.now()));
    if (!linted) return step::outcome_of(linted.error());
    if (linted->report.fails()) outcome.exit = step::Exit::no;
    texts.push_back(in_words(project, *linted));
    projects.push(Json(to_json(linted->report)).set("project", project));
  }
  outcome.text = text::join(texts, "\n");
  outcome.json.set("calendar", options.calendar).set("projects", std::move(projects));
  return outcome;
}

}  // namespace stagegate::argocd
