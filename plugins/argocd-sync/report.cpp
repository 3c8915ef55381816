#include "plugins/argocd-sync/report.hpp"

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;
using Kind = Ending::Kind;

std::string spoken(std::chrono::milliseconds length) {
  return text::spoken_duration(std::chrono::duration_cast<std::chrono::seconds>(length));
}

// "stonks-beta: deployed and healthy after 80 s: ..."
std::string headline(const Options& options, const std::string& app, const Ending& ending) {
  if (ending.kind != Kind::success) return cat(app, ": ", word(ending.kind), ": ", ending.words);
  const bool tagged = options.carrier != Carrier::none && !options.tag.text.empty();
  return cat(app, ": ", tagged ? cat(options.tag.text, " is deployed: ") : "", ending.words,
             ", after ", spoken(ending.took));
}

std::string link_to(const Options& options, const std::string& app) {
  if (options.access.server.empty()) return {};
  std::string_view server = options.access.server;
  while (server.ends_with('/')) server.remove_suffix(1);
  return cat(server, "/applications/", options.app_namespace, "/", app);
}

void add_line(std::string& text, std::string_view what, const std::string& line) {
  if (!line.empty()) text += cat("\n  ", what, line);
}

std::string in_words(const Options& options, const std::string& app, const Ending& ending) {
  std::string text = headline(options, app, ending);
  for (const std::string& one : ending.changed) add_line(text, "set ", one);
  if (ending.app) {
    add_line(text, "revision ", text::join(ending.app->revisions, ", "));
    add_line(text, "images ", text::join(ending.app->images, ", "));
  }
  if (ending.kind == Kind::skipped || ending.kind == Kind::success) return text;
  for (const std::string_view line : text::split(ending.evidence, '\n')) {
    add_line(text, "", std::string(line));
  }
  add_line(text, "see ", link_to(options, app));
  if (ending.rollback) {
    const std::string to = ending.before.empty() ? "" : cat(" to ", ending.before);
    add_line(text, "",
             ending.rollback->kind == Kind::success
                 ? cat("rolled back", to)
                 : cat("NOT rolled back", to, ": ", ending.rollback->words));
  }
  return text;
}

Json in_json(const Options& options, const std::string& app, const Ending& ending) {
  Json json;
  json.set("app", app)
      .set("result", word(ending.kind))
      .set("reason", ending.words)
      .set("started", ending.started)
      .set("duration_ms", std::int64_t{ending.took.count()});
  if (!ending.changed.empty()) json.set("changed", list_json(ending.changed));
  if (!ending.before.empty()) json.set("tag_before", ending.before);
  if (!ending.commit.empty()) json.set("commit", ending.commit);
  if (ending.adopted) json.set("adopted", true);
  if (ending.terminated) json.set("terminated", true);
  if (ending.app) {
    json.set("revisions", list_json(ending.app->revisions))
        .set("images", list_json(ending.app->images))
        .set("sync", word(ending.app->sync))
        .set("health", word(ending.app->health));
  }
  if (!ending.evidence_json.is_null()) json.set("evidence", ending.evidence_json);
  if (const auto link = link_to(options, app); !link.empty()) json.set("url", link);
  if (ending.rollback) {
    Json rollback;
    rollback.set("result", word(ending.rollback->kind)).set("reason", ending.rollback->words);
    if (!ending.before.empty()) rollback.set("tag", ending.before);
    json.set("rollback", std::move(rollback));
  }
  return json;
}

}  // namespace

step::Outcome report(const Options& options, const std::string& run,
                     const std::vector<Ending>& endings) {
  step::Outcome outcome;
  outcome.exit = exit_of(endings);
  Json apps{Json::Array{}};
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < endings.size(); ++at) {
    texts.push_back(in_words(options, options.apps[at], endings[at]));
    apps.push(in_json(options, options.apps[at], endings[at]));
  }
  outcome.text = text::join(texts, "\n");
  if (!options.tag.text.empty()) outcome.json.set("tag", options.tag.text);
  if (!run.empty()) outcome.json.set("run_id", run);
  outcome.json.set("apps", std::move(apps));
  return outcome;
}

}  // namespace stagegate::argocd
