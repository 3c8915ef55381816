#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/stages.hpp"
#include "plugins/audit-writer/query/table.hpp"
#include "plugins/audit-writer/query/when.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

// A redacted record may have been a deployment: whoever reads the state should know.
Result<std::uint64_t> count_redacted(const RecordSource& source) {
  std::uint64_t count = 0;
  auto visited = source.each_with("{\"stub\":", 0, [&](const audit::Line& line) {
    if (line.text.starts_with("{\"stub\":")) ++count;
    return audit::Next::go_on;
  });
  if (!visited) return forward(visited.error());
  return count;
}

Json json_of(const StageState& state) {
  Json json;
  json.set("stage", state.name).set("enabled", state.enabled);
  if (!state.promotion) return json.set("image_tag", nullptr);
  const Record& record = *state.promotion;
  json.set("image_tag", record.text("image_tag"))
      .set("since", record.text("ts"))
      .set("seq", record.seq)
      .set("break_glass", record.is_break_glass());
  for (const char* key : {"operator", "approver", "project", "source_stage", "previous_tag",
                          "images", "commit", "notes", "rollback", "change_ref"}) {
    if (const auto* member = record.json.find(key)) json.set(key, *member);
  }
  return json;
}

std::string remarks(const StageState& state) {
  std::vector<std::string> words;
  if (!state.enabled) words.emplace_back("disabled");
  if (!state.promotion) return text::join(words, ", ");
  const auto* rollback = state.promotion->json.find("rollback");
  if (rollback != nullptr && rollback->boolean() != nullptr && *rollback->boolean()) {
    words.emplace_back("rollback");
  }
  if (state.promotion->is_break_glass()) words.emplace_back("[BREAK-GLASS]");
  const auto notes = state.promotion->text("notes");
  if (!notes.empty()) words.push_back(row_of(*state.promotion).back());
  return text::join(words, ", ");
}

std::string text_of(const std::vector<StageState>& states) {
  if (states.empty()) return "nothing has been deployed yet";
  text::Table table({"stage", "tag", "since", "by", "record", "notes"});
  for (const auto& state : states) {
    if (!state.promotion) {
      table.row({text::harmless(state.name), "-", "", "", "", remarks(state)});
      continue;
    }
    const Row row = row_of(*state.promotion);
    table.row({text::harmless(state.name), text::harmless(state.promotion->text("image_tag")),
               row[1], row[6], row[0], remarks(state)});
  }
  std::string text = table.text();
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

step::Outcome current(const Options& options, const step::Run& /*run*/) {
  std::optional<audit::Stamp> at;
  if (!options.query.at.empty()) {
    const auto stamp = parse_when(options.query.at, now());
    if (!stamp) {
      return step::outcome_of({Failure::Kind::usage, cat("at: ", stamp.error().message)});
    }
    at = *stamp;
  }
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto states = read_stages(reading->source(), at, options.stage);
  if (!states) return step::outcome_of(states.error());
  const auto redacted = count_redacted(reading->source());
  if (!redacted) return step::outcome_of(redacted.error());

  step::Outcome outcome{.text = text_of(*states)};
  Json::Array list;
  for (const auto& state : *states) list.push_back(json_of(state));
  outcome.json.set("at", at ? Json(audit::show(*at)) : Json())
      .set("size", reading->source().size())
      .set("redacted", *redacted)
      .set("stages", std::move(list));
  if (*redacted > 0) {
    outcome.text += cat("\n(", *redacted, *redacted == 1 ? " record is" : " records are",
                        " redacted; deployments among them are not counted)");
  }
  // Asked for one stage, an answer without a tag is no answer.
  if (!options.stage.empty() && (states->empty() || !states->front().promotion)) {
    outcome.exit = step::Exit::no;
    outcome.text = cat("nothing has been deployed to ", text::quoted(options.stage),
                       at ? cat(" by ", audit::show(*at)) : std::string());
  }
  return outcome;
}

}  // namespace stagegate::audit_writer
