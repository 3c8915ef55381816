#include "plugins/audit-writer/draft/statement.hpp"

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/event.hpp"
#include "plugins/audit-writer/draft/idempotency.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

// A short SHA is at least this long; a shorter tag that begins like the commit is chance.
constexpr std::size_t kShortestSha = 7;

void set_text(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

void set_time(Json& json, const char* key, const std::optional<time::Instant>& value) {
  if (value) json.set(key, time::rfc3339(*value));
}

// Whether the pipeline's commit is the one that the image was built from. A deployment of an older
// tag runs in a pipeline of another commit, and its lead time is not that commit's.
bool is_built_from(const std::string& tag, const Pipeline& pipeline) {
  if (pipeline.commit.empty()) return false;
  if (tag.empty()) return true;
  if (tag.size() >= kShortestSha && pipeline.commit.starts_with(tag)) return true;
  return !pipeline.tag.empty() && (tag == pipeline.tag || "v" + tag == pipeline.tag);
}

std::string system_of(const Statement& statement, const Pipeline& pipeline) {
  if (!statement.system.empty()) return statement.system;
  if (!pipeline.system.empty()) return pipeline.system;
  return statement.promotion.empty() ? "cli" : "kargo";
}

Json source_of(const Statement& statement, const Pipeline& pipeline) {
  Json source;
  source.set("system", system_of(statement, pipeline));
  set_text(source, "event", pipeline.event);
  set_text(source, "repo", pipeline.repo);
  if (const auto number = text::parse_int(pipeline.number)) {
    source.set("pipeline", *number);
  } else {
    set_text(source, "pipeline", pipeline.number);
  }
  set_text(source, "step", pipeline.step);
  set_text(source, "promotion", statement.promotion);
  set_text(source, "freight", statement.freight);
  set_text(source, "application", statement.application);
  set_text(source, "revision", pipeline.commit);
  set_text(source, "url", statement.url.empty() ? pipeline.url : statement.url);
  return source;
}

Json gate_of(const GateFacts& facts) {
  Json gate;
  set_text(gate, "name", facts.name);
  set_time(gate, "evaluated_at", facts.evaluated_at);
  set_time(gate, "next_change_at", facts.next_change_at);
  set_text(gate, "result_sha256", facts.evidence_sha256);
  set_text(gate, "evidence_url", facts.evidence_url);
  if (!facts.counts.empty()) {
    Json counts;
    for (const auto& [name, count] : facts.counts) counts.set(name, count);
    gate.set("counts", std::move(counts));
  }
  return gate;
}

void set_people(Json& draft, const Statement& statement, const Pipeline& pipeline) {
  if (const auto actor = operator_of(statement.operated_by, pipeline)) {
    draft.set("operator", audit::json_of(*actor));
  }
  if (!statement.approved_by.name.empty()) {
    const std::string via = pipeline.system.empty() ? "cli" : pipeline.system;
    draft.set("approver", audit::json_of(claimed_actor(statement.approved_by, via)));
  }
}

void set_path(Json& draft, const Statement& statement, const Event& event) {
  set_text(draft, "project", statement.project);
  if (!statement.source_stage.empty()) {
    draft.set("source_stage", statement.source_stage);
  } else if (event.type == "promotion") {
    draft.set("source_stage", nullptr);  // the first stage has none in front of it
  }
  set_text(draft, "target_stage", statement.target_stage);
}

void set_build(Json& draft, const Statement& statement, const Pipeline& pipeline) {
  set_text(draft, "image_tag", statement.image_tag);
  set_text(draft, "previous_tag", statement.previous_tag);
  if (!statement.images.empty()) draft.set("images", json_of(statement.images));
  const bool own = statement.commit.empty() && is_built_from(statement.image_tag, pipeline);
  set_text(draft, "commit", own ? pipeline.commit : statement.commit);
  const bool own_time = !statement.commit_time && own;
  set_time(draft, "commit_time", own_time ? pipeline.commit_time : statement.commit_time);
}

void set_result(Json& draft, const Statement& statement, const Event& event) {
  set_text(draft, "notes", statement.notes);
  const std::string_view usual = usual_outcome(event);
  set_text(draft, "outcome", statement.outcome.empty() ? std::string(usual) : statement.outcome);
  set_text(draft, "reason", statement.reason);
  if (statement.duration) draft.set("duration_ms", std::int64_t{statement.duration->count()});
  if (statement.rollback) draft.set("rollback", *statement.rollback);
  if (!statement.fixes.empty()) {
    draft.set("fixes", Json::Array(statement.fixes.begin(), statement.fixes.end()));
  }
  set_text(draft, "change_ref", statement.change_ref);
}

// What a type of record asks for beyond what is stated.
void set_of_type(Json& draft, const Statement& statement, const Event& event) {
  if (Json gate = gate_of(statement.gate); !gate.is_null()) draft.set("gate", std::move(gate));
  if (event.type == "stage_control") {
    draft.set("stage_control", Json().set("enabled", event.event == "enabled"));
  }
  if (event.type == "log") {
    Json log{Json::Object{}};
    set_text(log, "anchor", statement.anchor);
    draft.set("log", std::move(log));
  }
}

// Names that a later version of the record may want are kept free.
bool is_extra_name(std::string_view name) {
  return name.starts_with("x_") || name.find('.') != std::string_view::npos;
}

Result<Json> extra_of(const std::map<std::string, std::string>& members) {
  Json extra;
  std::vector<std::string> faults;
  for (const auto& [key, value] : members) {
    if (!is_extra_name(key)) {
      faults.push_back(cat("extra: ", text::quoted(key), ": write x_", key,
                           ", or a name under a domain of yours (com.example.", key, ")"));
    }
    extra.set(key, value);
  }
  if (!faults.empty()) return usage(text::join(faults, "\n"));
  return extra;
}

// An approval is somebody's word; without a reason it says nothing to whoever reads it later.
bool lacks_note(const Statement& statement, const Event& event) {
  const bool is_word = event.event == "approved" || event.event == "rejected";
  return event.type == "promotion" && is_word && text::trim(statement.notes).empty();
}

std::string key_of(const Statement& statement, const Pipeline& pipeline, const Event& event,
                   const std::string& fresh_key) {
  if (!statement.idempotency_key.empty()) return fit_key(statement.idempotency_key);
  std::string usual = usual_key({.pipeline = pipeline,
                                 .promotion = statement.promotion,
                                 .event = event,
                                 .target_stage = statement.target_stage,
                                 .image_tag = statement.image_tag});
  return usual.empty() ? fresh_key : usual;
}

}  // namespace

Json json_of(const Writer& writer) {
  Json json;
  json.set("tool", "audit-writer").set("version", writer.version);
  set_text(json, "host", writer.host);
  return json;
}

Result<audit::Draft> draft_of(const Statement& statement, const Pipeline& pipeline,
                              const Writer& writer, const std::string& fresh_key) {
  const auto event = parse_event(statement.event, statement.type, pipeline.status);
  if (!event) return forward(event.error());
  Json draft;
  draft.set("idem", key_of(statement, pipeline, *event, fresh_key));
  draft.set("type", event->type).set("event", event->event).set("writer", json_of(writer));
  set_time(draft, "occurred_at", statement.occurred_at);
  set_people(draft, statement, pipeline);
  set_path(draft, statement, *event);
  set_build(draft, statement, pipeline);
  set_result(draft, statement, *event);
  set_of_type(draft, statement, *event);
  draft.set("source", source_of(statement, pipeline));
  std::vector<std::string> faults;
  if (auto extra = extra_of(statement.extra); !extra) {
    faults.push_back(extra.error().message);
  } else if (!extra->is_null()) {
    draft.set("x", *std::move(extra));
  }
  if (lacks_note(statement, *event)) {
    faults.push_back(cat("notes: ", name_of(*event), " needs a note that says why"));
  }
  draft = audit::tidy(std::move(draft));
  if (const auto fit = audit::check_draft(draft); !fit) faults.push_back(fit.error().message);
  if (!faults.empty()) return usage(text::join(faults, "\n"));
  return draft;
}

std::string summary(const Json& record) {
  std::string out = cat(record.text("type"), ".", record.text("event"));
  const auto add = [&](std::string_view word) {
    if (!word.empty()) out += cat(" ", word);
  };
  add(record.text("project"));
  if (!record.text("source_stage").empty()) out += cat(" ", record.text("source_stage"), " ->");
  add(record.text("target_stage"));
  add(record.text("image_tag"));
  const Json* actor = record.find("operator");
  if (actor != nullptr) out += cat(", by ", actor->text("name"));
  return text::harmless(out);
}

}  // namespace stagegate::audit_writer
