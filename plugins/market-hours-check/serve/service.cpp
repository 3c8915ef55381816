#include "plugins/market-hours-check/serve/service.hpp"

#include <algorithm>

#include "common/calendar/show.hpp"
#include "common/html/html.hpp"
#include "common/http/answers.hpp"
#include "common/http/bearer.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/page.hpp"
#include "plugins/market-hours-check/serve/release_page.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::Json;

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
      .add("GET", "/healthz", [](const Request&) { return http::fresh("text/plain", "ok\n"); })
      .add("GET", "/readyz", [this](const Request&) { return ready(); })
      .add("GET", "/metrics", [this](const Request&) { return metrics_page(); });
  desk_.add_to(router);
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

Json GateService::links(const std::string& stage, const Question& about) const {
  if (options_.public_url.empty()) return Json::Array{};
  std::string url = options_.public_url;
  while (url.ends_with('/')) url.pop_back();
  Json::Array links;
  links.push_back(Json()
                      .set("url", cat(url, "/#", html::anchor_of(stage)))
                      .set("label", "market-hours gate")
                      .set("icon", "clock")
                      .set("tooltip", cat("When promotions to ", stage, " are allowed, and why")));
  if (desk_.is_open() && !about.promotion.empty()) {
    links.push_back(
        Json()
            .set("url", cat(url, "/",
                            release_link(about.project, stage, about.promotion, about.image_tag)))
            .set("label", "Break glass or approve")
            .set("icon", "unlock")
            .set("tooltip", cat("Release ", about.promotion, " with a note; confirmed by you")));
  }
  return links;
}

Json GateService::status_of(const Stage& stage) const {
  const auto verdict = stage.gate.judge(stage.name, clock_.now());
  Json answer =
      verdict ? answer_json(stage.gate, *verdict,
                            {.stage = stage.name, .image_tag = "", .simulated = options_.simulated})
              : unknown_state(stage.name, "unknown", verdict.error().message);
  return answer;
}

http::ServerResponse GateService::status(const Request& request) const {
  const std::string name = http::query(request, "stage");
  Json answer;
  if (name.empty()) {
    Json::Array all;
    for (const Stage& stage : stages_) {
      all.push_back(status_of(stage).set("links", links(stage.name, {})));
    }
    answer = all.front();
    answer.set("stages", std::move(all));
  } else if (const Stage* stage = find(name)) {
    // Kargo shows these beside the step that waits; the promotion may not have asked yet.
    Question about;
    about.project = http::query(request, "project");
    about.promotion = http::query(request, "promotion");
    about.image_tag = http::query(request, "image_tag");
    answer = status_of(*stage).set("links", links(stage->name, about));
  } else {
    answer =
        unknown_state(name, "unknown_stage",
                      cat("no stage ", text::quoted(name), " here; known are: ", known_stages()))
            .set("links", Json::Array());
  }
  return http::fresh_json(
      answer.set("promotion", http::query(request, "promotion")).set("schema", 1));
}

http::ServerResponse GateService::ready() const {
  std::string why;
  for (const Stage& stage : stages_) {
    const auto verdict = stage.gate.judge(stage.name, clock_.now());
    if (!verdict) why += cat("stage ", stage.name, ": ", verdict.error().message, "\n");
  }
  if (!why.empty()) return http::fresh("text/plain; charset=utf-8", why, 503);
  return http::fresh("text/plain", "ready\n");
}

http::ServerResponse GateService::metrics_page() const {
  gate_metrics_.look(stages_, clock_.now(), memory_.size());
  return http::fresh(std::string(http::Metrics::content_type), metrics_.text());
}

http::ServerResponse GateService::calendar(const Request& request) const {
  const std::string name = http::query(request, "stage");
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
  return http::fresh("text/calendar; charset=utf-8", *ics);
}

http::ServerResponse GateService::page() const {
  const std::string nonce = html::fresh_nonce();
  Board board{.at = clock_.now(), .simulated = options_.simulated, .stages = {}, .waiting = {}};
  // Kargo asks every half minute; one that has not asked for so long has ended.
  constexpr std::chrono::minutes kStillThere{5};
  board.waiting = memory_.waiting(board.at - kStillThere);
  for (const Stage& stage : stages_) board.stages.push_back(look_at(stage, board.at));
  auto response = http::fresh("text/html; charset=utf-8", page_html(board, nonce));
  // The page's script fetches the next state of the page itself.
  response.headers.emplace_back("Content-Security-Policy",
                                html::page_policy(nonce) + "; connect-src 'self'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace stagegate::market_hours
