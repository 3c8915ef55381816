#include "plugins/market-hours-check/serve/release.hpp"

#include <algorithm>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "common/http/bearer.hpp"
#include "common/log/log.hpp"
#include "common/text/duration.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/same_origin.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::Json;

int status_of(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::usage:
      return 400;
    case Failure::Kind::refused:
      return 403;
    case Failure::Kind::conflict:
    case Failure::Kind::unknown:
    case Failure::Kind::deadline:
      break;
  }
  return 503;
}

// A press of a button that arrives twice is one.
void set_request_id(audit::Draft& draft, const char* what, const ReleaseRequest& request) {
  if (request.request_id.empty()) return;
  draft.set("idem", audit::idempotency_key(what, request.request_id));
}

http::ServerResponse unchallenged(int status, const std::string& message) {
  auto response = http::error_response(status, message);
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::string page_of(const ReleaseRequest& request) {
  return cat("../promotion?project=", text::percent_encode(request.project),
             "&stage=", text::percent_encode(request.stage),
             "&promotion=", text::percent_encode(request.promotion),
             "&image_tag=", text::percent_encode(request.image_tag), "&done=yes");
}

}  // namespace

void ReleaseDesk::add_to(http::Router& router) {
  router
      .add("POST", "/v1/break-glass",
           [this](const Request& request) { return handle(request, Act::break_glass); })
      .add("POST", "/v1/approvals",
           [this](const Request& request) { return handle(request, Act::approve); })
      .add("GET", "/promotion", [this](const Request& request) { return page(request); });
}

const Stage* ReleaseDesk::find(const std::string& stage) const {
  const auto found = std::find_if(stages_.begin(), stages_.end(),
                                  [&](const Stage& known) { return known.name == stage; });
  return found == stages_.end() ? nullptr : &*found;
}

std::optional<ReleaseDesk::Trouble> ReleaseDesk::check(const Request& http,
                                                       const ReleaseRequest& request,
                                                       Act act) const {
  if (books() == nullptr) {
    return Trouble{403,
                   "this gate keeps no audit log, and nothing can be released without one: "
                   "set audit_log and audit_key"};
  }
  if (options_.identity == nullptr) {
    return Trouble{403,
                   "this gate does not know who people are: set identity to kubernetes, oidc "
                   "or proxy, or use `audit-writer grant` where the log is"};
  }
  if (options_.simulated) {
    return Trouble{403, "the clock of this gate is simulated: nothing can be released"};
  }
  if (auto here = check_same_origin(http, options_.public_url); !here) {
    return Trouble{403, here.error().message};
  }
  if (request.from_form && !FormToken::matches(http, request.form_token)) {
    return Trouble{403, "the form is too old, or its cookie was not kept: load the page again"};
  }
  if (request.from_form && !request.confirmed) {
    return Trouble{400, "confirm that this is what you want"};
  }
  const Stage* stage = find(request.stage);
  if (stage == nullptr) {
    std::vector<std::string> known;
    for (const Stage& each : stages_) known.push_back(each.name);
    return Trouble{400, cat("no stage ", text::quoted(request.stage),
                            " here; known are: ", text::join(known, ", "))};
  }
  if (act == Act::approve) return std::nullopt;
  const auto verdict = stage->gate.judge(stage->name, clock_.now());
  if (verdict && !verdict->allowed && !verdict->break_glass) {
    return Trouble{409, cat("nobody may break this block: ", headline(stage->gate, *verdict))};
  }
  return std::nullopt;
}

// What the gate knows of a promotion need not be said again, and may not be said otherwise.
std::optional<ReleaseDesk::Trouble> ReleaseDesk::fill_in(ReleaseRequest& request) const {
  if (request.promotion.empty()) return std::nullopt;
  const auto known = memory_.find(request.project, request.promotion);
  if (!known) return std::nullopt;
  if (request.image_tag.empty()) request.image_tag = known->asked.image_tag;
  if (request.stage == known->asked.stage && request.image_tag == known->asked.image_tag) {
    return std::nullopt;
  }
  return Trouble{
      409, cat("the promotion ", text::quoted(request.promotion), " is of ",
               text::quoted(known->asked.image_tag), " to ", text::quoted(known->asked.stage))};
}

http::ServerResponse ReleaseDesk::handle(const Request& http, Act act) {
  auto request = parse_release(http);
  if (!request) return unchallenged(400, request.error().message);
  const auto answer = act_on(http, *request, act);
  request->token.clear();
  if (!answer) {
    log::warning(cat(verb_of(act), " refused: ", answer.error().message));
    if (request->from_form) {
      return form(http, *request, answer.error().message, answer.error().status);
    }
    return unchallenged(answer.error().status, answer.error().message);
  }
  log::info(answer->message);
  if (request->from_form) {
    return {.status = 303,
            .content_type = "text/plain; charset=utf-8",
            .body = answer->message + "\n",
            .headers = {{"Location", page_of(*request)}, {"Cache-Control", "no-store"}},
            .route = ""};
  }
  Json body;
  body.set("schema", 1)
      .set("message", answer->message)
      .set("record", static_cast<std::int64_t>(answer->record.seq))
      .set("duplicate", answer->record.duplicate)
      .set("operator", answer->actor.name)
      .set("project", request->project)
      .set("stage", request->stage)
      .set("promotion", request->promotion)
      .set("image_tag", request->image_tag)
      .set("woken", answer->woken)
      .set("checkpoint", answer->record.checkpoint);
  if (act == Act::break_glass) {
    body.set("grant", answer->grant).set("expires_at", answer->expires_at);
  }
  return {.status = answer->record.duplicate ? 200 : 201,
          .content_type = "application/json",
          .body = body.dump() + "\n",
          .headers = {{"Cache-Control", "no-store"}},
          .route = ""};
}

ReleaseDesk::Answer ReleaseDesk::act_on(const Request& http, ReleaseRequest& request, Act act) {
  if (auto trouble = check(http, request, act)) return tl::make_unexpected(*trouble);
  const std::string_view token =
      request.from_form ? text::trim(request.token) : http::bearer_of(http);
  auto actor = options_.identity->identify({.http = http,
                                            .token = token,
                                            .act = act,
                                            .project = request.project,
                                            .stage = request.stage});
  if (!actor) {
    const bool nobody = actor.error().kind == Failure::Kind::usage;
    return tl::make_unexpected(
        Trouble{nobody ? 401 : status_of(actor.error().kind), actor.error().message});
  }
  // Only now: what is known of a promotion is for those who may.
  if (auto trouble = fill_in(request)) return tl::make_unexpected(*trouble);
  auto done = act == Act::break_glass ? grant(request, *std::move(actor))
                                      : approve(request, *std::move(actor));
  if (done) done->woken = wake(request);
  return done;
}

ReleaseDesk::Answer ReleaseDesk::grant(const ReleaseRequest& request, audit::Actor actor) {
  audit::GrantRequest wanted;
  wanted.scope = {.gate = kGateName,
                  .project = request.project,
                  .target_stage = request.stage,
                  .image_tag = request.image_tag,
                  .promotion = request.promotion};
  wanted.granter = std::move(actor);
  wanted.justification = request.note;
  wanted.incident_ref = request.incident_ref;
  if (!request.expires.empty()) {
    const auto lifetime = text::parse_duration(request.expires);
    if (!lifetime) {
      return tl::make_unexpected(Trouble{400, cat("expires: ", lifetime.error().message)});
    }
    wanted.lifetime = *lifetime;
  }
  auto draft = audit::grant_draft(wanted, books()->now());
  if (!draft) return tl::make_unexpected(Trouble{400, draft.error().message});
  set_request_id(*draft, "grant", request);
  auto appended = books()->append(*draft);
  if (!appended) {
    return tl::make_unexpected(Trouble{status_of(appended.error().kind), appended.error().message});
  }
  Done done{.record = *std::move(appended),
            .actor = wanted.granter,
            .message = {},
            .grant = {},
            .expires_at = {}};
  // As it stands in the log: a request that is repeated gives no more time than the first one.
  if (const auto record = text::parse_json(done.record.line)) {
    const Json* given = record->find("break_glass");
    done.grant = record->text("id");
    done.expires_at = given == nullptr ? "" : given->text("expires_at");
  }
  done.message =
      cat("break-glass grant ", done.grant, " by ", text::quoted(done.actor.name), " for ",
          text::quoted(request.stage), ", record ", done.record.seq, ", until ", done.expires_at);
  return done;
}

ReleaseDesk::Answer ReleaseDesk::approve(const ReleaseRequest& request, audit::Actor actor) {
  if (request.decision != "approve" && request.decision != "reject") {
    return tl::make_unexpected(Trouble{
        400, cat("decision: ", text::quoted(request.decision), " is not one of approve, reject")});
  }
  audit::ApprovalRequest wanted;
  wanted.approved = request.decision == "approve";
  wanted.project = request.project;
  wanted.target_stage = request.stage;
  wanted.image_tag = request.image_tag;
  wanted.promotion = request.promotion;
  wanted.approver = std::move(actor);
  wanted.note = request.note;
  auto draft = audit::approval_draft(wanted);
  if (!draft) return tl::make_unexpected(Trouble{400, draft.error().message});
  set_request_id(*draft, "approval", request);
  auto appended = books()->append(*draft);
  if (!appended) {
    return tl::make_unexpected(Trouble{status_of(appended.error().kind), appended.error().message});
  }
  Done done{.record = *std::move(appended),
            .actor = wanted.approver,
            .message = {},
            .grant = {},
            .expires_at = {}};
  done.message =
      cat(wanted.approved ? "approved" : "rejected", " by ", text::quoted(done.actor.name), " for ",
          text::quoted(request.stage), ", record ", done.record.seq);
  return done;
}

bool ReleaseDesk::wake(const ReleaseRequest& request) const {
  if (!options_.wake || request.promotion.empty()) return false;
  const auto woken = options_.wake(request.project, request.promotion);
  if (!woken) log::warning(cat("Kargo was not woken, it asks by itself: ", woken.error().message));
  return woken.has_value();
}

}  // namespace stagegate::market_hours
