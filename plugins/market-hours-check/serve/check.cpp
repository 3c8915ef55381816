// POST /v1/check: from a question to a decision.
#include "common/http/answers.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/service.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::Json;

audit::Passage passage_of(const Question& question) {
  audit::Passage passage;
  passage.gate = kGateName;
  passage.project = question.project;
  passage.target_stage = question.stage;
  passage.image_tag = question.image_tag;
  passage.promotion = question.promotion;
  passage.consumer = question.promotion;
  passage.promoter = question.actor;
  return passage;
}

Asker asker_of(const Question& question, bool simulated) {
  return {.stage = question.stage, .image_tag = question.image_tag, .simulated = simulated};
}

}  // namespace

http::ServerResponse GateService::check(const Request& request) {
  const auto question = parse_question(request.body);
  if (!question) return http::error_response(400, question.error().message);
  const Stage* stage = find(question->stage);
  if (stage == nullptr) {
    // A gate that is asked about a stage it was not told of is set up wrongly: waiting would not
    // mend it.
    return http::error_response(
        400, cat("no stage ", text::quoted(question->stage), " here; known are: ", known_stages()));
  }
  const auto verdict = stage->gate.judge(stage->name, clock_.now());
  if (!verdict) {
    gate_metrics_.count(stage->name, "unknown", false);
    return http::error_response(503, verdict.error().message);
  }
  return decide(*question, *stage, *verdict);
}

Result<Clearance> GateService::clear(const Question& question, const Verdict& verdict) {
  if (options_.clearing == nullptr) return plain(verdict);
  audit::Passage passage = passage_of(question);
  if (options_.promoter && !question.promotion.empty()) {
    // The question's own word is a hint: whoever asks could write down anybody.
    const auto promoter = options_.promoter(question.project, question.promotion);
    if (!promoter) {
      log::warning(cat("who asked for ", question.promotion,
                       " cannot be found out: ", promoter.error().message));
    }
    passage.promoter = promoter ? *promoter : "";
  }
  return options_.clearing->clear(verdict, passage, options_.simulated);
}

http::ServerResponse GateService::decide(const Question& question, const Stage& stage,
                                         const Verdict& verdict) {
  // Before the log is asked: a promotion that has become another one must not use anything up.
  if (!question.promotion.empty()) {
    if (const auto message = memory_.conflict(question); !message.empty()) {
      return conflict(question, stage, verdict, message);
    }
  }
  const auto cleared = clear(question, verdict);
  if (!cleared) {
    gate_metrics_.count(stage.name, "unknown", false);
    return http::error_response(503, cleared.error().message);
  }
  const Decision blocked = question.mode == Mode::fail ? Decision::deny : Decision::wait;
  const Decision decision = cleared->allowed ? Decision::allow : blocked;
  Json told = answer_json(stage.gate, verdict, asker_of(question, options_.simulated), *cleared);
  Recalled recalled;
  recalled.first_asked_at = verdict.at;
  if (decision == Decision::allow) recalled.allowed_since = verdict.at;
  if (!question.promotion.empty()) {
    recalled =
        memory_.record(question, {.decision = decision,
                                  .at = verdict.at,
                                  .until = verdict.allowed ? verdict.blocked_at : std::nullopt,
                                  .message = std::string(told.text("message"))});
  }
  return answer(question, stage, std::move(told), decision, recalled);
}

http::ServerResponse GateService::conflict(const Question& question, const Stage& stage,
                                           const Verdict& verdict, const std::string& message) {
  Clearance refused = plain(verdict);
  refused.allowed = false;
  Json told = answer_json(stage.gate, verdict, asker_of(question, options_.simulated), refused);
  told.set("reason", "conflict").set("message", message);
  // Whatever comes later, this question stays wrong.
  told.set("allowed_at", nullptr).set("allowed_in_seconds", nullptr);
  told.set("may_break_glass", false);
  const auto known = memory_.find(question.project, question.promotion);
  return answer(question, stage, std::move(told), Decision::deny,
                {.first_asked_at = known ? known->first_asked_at : verdict.at,
                 .allowed_since = std::nullopt,
                 .repeated = false,
                 .conflict = message});
}

http::ServerResponse GateService::answer(const Question& question, const Stage& stage, Json told,
                                         Decision decision, const Recalled& recalled) {
  gate_metrics_.count(stage.name, name_of(decision), recalled.repeated);
  told.set("decision", name_of(decision))
      .set("project", question.project)
      .set("promotion", question.promotion)
      .set("freight", question.freight)
      .set("actor", question.actor)
      .set("first_asked_at", time::rfc3339(recalled.first_asked_at))
      .set("allowed_since",
           recalled.allowed_since ? Json(time::rfc3339(*recalled.allowed_since)) : Json())
      .set("links", links(stage.name, question))
      .set("schema", 1);
  return http::fresh_json(told);
}

}  // namespace stagegate::market_hours
