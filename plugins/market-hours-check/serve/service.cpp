#include "plugins/market-hours-check/serve/service.hpp"

#include <algorithm>

#include "common/html/html.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/calendar/show.hpp"
#include "plugins/market-hours-check/serve/page.hpp"

namespace stagegate::market_hours {
namespace {

using http::ServerResponse;
using text::cat;
using text::Json;

// Every answer holds for this second only.
ServerResponse fresh(std::string content_type, std::string body, int status = 200) {
  return {.status = status,
          .content_type = std::move(content_type),
          .body = std::move(body),
          .headers = {{"Cache-Control", "no-store"}},
          .route = ""};
}

ServerResponse json(const Json& body, int status = 200) {
  return fresh("application/json", body.dump() + "\n", status);
}

std::string query(const http::ServerRequest& request, std::string_view name) {
  const std::string* value = request.parameter(name);
  return value == nullptr ? std::string() : *value;
}

// What a caller may read of a stage that nothing can be said about. The members that people's
// expressions use are there, so that an expression fails closed and not by a missing member.
Json unknown_state(const std::string& stage, std::string_view reason, const std::string& message) {
  return Json()
      .set("allowed", false)
      .set("reason", reason)
      .set("message", message)
      .set("state", "unknown")
      .set("stage", stage)
      .set("opens_at", nullptr)
      .set("closes_at", nullptr)
      .set("allowed_at", nullptr)
      .set("blocked_at", nullptr);
}

// Break-glass grants and approvals are not decided here yet; their members exist already, because
// Kargo's output expressions fail on what is missing.
void add_operator(Json& answer) {
  answer.set("break_glass", false).set("operator", "").set("justification", "").set("note", "");
}

}  // namespace

GateService::GateService(const ServeOptions& options, const Stages& stages,
                         const time::Clock& clock)
    : options_(options), stages_(stages), clock_(clock) {}

http::Router GateService::router() {
  http::Handler answer_check = [this](const Request& request) { return check(request); };
  if (!options_.tokens.empty()) {
    answer_check = http::require_bearer(options_.tokens, std::move(answer_check));
  }
  http::Router router;
  router.add("GET", "/", [this](const Request&) { return page(); })
      .add("GET", "/v1/status", [this](const Request& request) { return status(request); })
      .add("POST", "/v1/check", std::move(answer_check))
      .add("GET", "/v1/calendar.ics", [this](const Request& request) { return calendar(request); })
      .add("GET", "/healthz", [](const Request&) { return fresh("text/plain", "ok\n"); })
      .add("GET", "/readyz", [this](const Request&) { return ready(); })
      .add("GET", "/metrics", [this](const Request&) { return metrics_page(); });
  return router;
}

const Stage* GateService::find(std::string_view name) const {
  const auto found = std::find_if(stages_.begin(), stages_.end(),
                                  [&](const Stage& stage) { return stage.name == name; });
  return found == stages_.end() ? nullptr : &*found;
}

std::string GateService::known_stages() const {
  std::vector<std::string> names;
  for (const Stage& stage : stages_) names.push_back(stage.name);
  return text::join(names, ", ");
}

Json GateService::links(const std::string& stage) const {
  Json::Array links;
  if (!options_.public_url.empty()) {
    std::string url = options_.public_url;
    while (url.ends_with('/')) url.pop_back();
    links.push_back(
        Json()
            .set("url", cat(url, "/#", html::anchor_of(stage)))
            .set("label", "market-hours gate")
            .set("icon", "clock")
            .set("tooltip", cat("When promotions to ", stage, " are allowed, and why")));
  }
  return links;
}

Json GateService::status_of(const Stage& stage) const {
  const auto verdict = stage.gate.judge(stage.name, clock_.now());
  Json answer =
      verdict ? answer_json(stage.gate, *verdict,
                            {.stage = stage.name, .image_tag = "", .simulated = options_.simulated})
              : unknown_state(stage.name, "unknown", verdict.error().message);
  return answer.set("links", links(stage.name));
}

http::ServerResponse GateService::status(const Request& request) const {
  const std::string name = query(request, "stage");
  Json answer;
  if (name.empty()) {
    Json::Array all;
    for (const Stage& stage : stages_) all.push_back(status_of(stage));
    answer = all.front();
    answer.set("stages", std::move(all));
  } else if (const Stage* stage = find(name)) {
    answer = status_of(*stage);
  } else {
    answer =
        unknown_state(name, "unknown_stage",
                      cat("no stage ", text::quoted(name), " here; known are: ", known_stages()))
            .set("links", Json::Array());
  }
  return json(answer.set("promotion", query(request, "promotion")).set("schema", 1));
}

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
  return decide_and_remember(*question, *stage, *verdict);
}

http::ServerResponse GateService::decide_and_remember(const Question& question, const Stage& stage,
                                                      const Verdict& verdict) {
  const Decision blocked = question.mode == Mode::fail ? Decision::deny : Decision::wait;
  Decision decision = verdict.allowed ? Decision::allow : blocked;
  Json answer = answer_json(
      stage.gate, verdict,
      {.stage = question.stage, .image_tag = question.image_tag, .simulated = options_.simulated});
  Recalled recalled;
  recalled.first_asked_at = verdict.at;
  if (decision == Decision::allow) recalled.allowed_since = verdict.at;
  if (!question.promotion.empty()) {
    recalled = memory_.record(
        question, {.decision = decision, .at = verdict.at, .until = verdict.blocked_at});
  }
  if (!recalled.conflict.empty()) {
    decision = Decision::deny;
    answer.set("allowed", false).set("reason", "conflict").set("message", recalled.conflict);
    // Whatever comes later, this question stays wrong.
    answer.set("allowed_at", nullptr).set("allowed_in_seconds", nullptr);
  }
  gate_metrics_.count(stage.name, name_of(decision), recalled.repeated);

  answer.set("decision", name_of(decision))
      .set("project", question.project)
      .set("promotion", question.promotion)
      .set("freight", question.freight)
      .set("actor", question.actor)
      .set("first_asked_at", time::rfc3339(recalled.first_asked_at))
      .set("allowed_since",
           recalled.allowed_since ? Json(time::rfc3339(*recalled.allowed_since)) : Json());
  add_operator(answer);
  return json(answer.set("links", links(stage.name)).set("schema", 1));
}

http::ServerResponse GateService::ready() const {
  std::string why;
  for (const Stage& stage : stages_) {
    const auto verdict = stage.gate.judge(stage.name, clock_.now());
    if (!verdict) why += cat("stage ", stage.name, ": ", verdict.error().message, "\n");
  }
  if (!why.empty()) return fresh("text/plain; charset=utf-8", why, 503);
  return fresh("text/plain", "ready\n");
}

http::ServerResponse GateService::metrics_page() const {
  gate_metrics_.look(stages_, clock_.now(), memory_.size());
  return fresh(std::string(http::Metrics::content_type), metrics_.text());
}

http::ServerResponse GateService::calendar(const Request& request) const {
  const std::string name = query(request, "stage");
  const Stage* stage = name.empty() ? &stages_.front() : find(name);
  if (stage == nullptr) {
    return http::error_response(
        404, cat("no stage ", text::quoted(name), " here; known are: ", known_stages()));
  }
  const Calendar& calendar = stage->gate.calendar();
  const auto now = clock_.now();
  const auto today = date::floor<date::days>(calendar.zone().to_local(now));
  if (const auto known = calendar.day(today); !known) {
    return http::error_response(503, known.error().message);
  }
  const auto last = std::min(calendar.horizon(), today + date::days{365});
  const auto ics = show_ics(calendar, today, last, now);
  if (!ics) return http::error_response(503, ics.error().message);
  return fresh("text/calendar; charset=utf-8", *ics);
}

http::ServerResponse GateService::page() const {
  const std::string nonce = html::fresh_nonce();
  Board board{.at = clock_.now(), .simulated = options_.simulated, .stages = {}};
  for (const Stage& stage : stages_) board.stages.push_back(look_at(stage, board.at));
  auto response = fresh("text/html; charset=utf-8", page_html(board, nonce));
  // The page's script fetches the next state of the page itself.
  response.headers.emplace_back("Content-Security-Policy",
                                html::page_policy(nonce) + "; connect-src 'self'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace stagegate::market_hours
