#include "common/oci/refusal.hpp"

#include "common/http/headers.hpp"
#include "common/oci/challenge.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kShown = 200;  // of a body

struct Reason {
  std::string code;
  std::string message;
};

// {"errors": [{"code", "message", "detail"}]}; anything else as it is, for proxies write HTML.
Reason reason_of(std::string_view body) {
  Reason reason;
  const auto json = text::parse_json(body);
  if (json) {
    const Json* errors = json->find("errors");
    const Json::Array* list = errors == nullptr ? nullptr : errors->array();
    if (list != nullptr && !list->empty()) {
      reason.code = list->front().text("code");
      reason.message = list->front().text("message");
      // What distribution refuses for lack of a scope it names only here.
      const Json* detail = list->front().find("detail");
      if (detail != nullptr && !detail->is_null() && reason.code != "MANIFEST_UNKNOWN") {
        reason.message += cat(" ", detail->dump());
      }
    } else if (const auto error = json->text("error"); !error.empty()) {
      reason.message = error;
    }
  }
  if (reason.code.empty() && reason.message.empty()) reason.message = text::trim(body);
  return reason;
}

std::string shown(const Reason& reason) {
  if (reason.code.empty() && reason.message.empty()) return {};
  std::string words = reason.code;
  if (!reason.message.empty()) {
    if (!words.empty()) words += ": ";
    words += text::quoted(reason.message, kShown);
  }
  return cat(" (", words, ')');
}

// Limits as Docker Hub tells them: "ratelimit-limit: 100;w=21600".
std::string limits(const http::Headers& headers) {
  const auto limit = headers.text("RateLimit-Limit");
  const auto remaining = headers.text("RateLimit-Remaining");
  if (limit.empty() && remaining.empty()) return {};
  return cat("; its limit is ", text::quoted(limit), ", what remains ", text::quoted(remaining));
}

// What a challenge says is missing.
std::string wanted_scope(const http::Headers& headers) {
  const auto fields = headers.all("WWW-Authenticate");
  const auto challenge = choose(parse_challenges(fields));
  if (!challenge || challenge->text("scope").empty()) return {};
  return cat("; it wants the scope ", text::quoted(challenge->text("scope"), kShown));
}

bool changes(http::Method method) {
  return method != http::Method::get && method != http::Method::head;
}

struct Meaning {
  Refusal::Kind kind;
  bool passing;
  std::string advice;
};

Meaning meaning_of(const http::Response& response, http::Method method, const Reason& reason,
                   std::string_view who) {
  using Kind = Refusal::Kind;
  const int status = response.status;
  switch (status) {
    case 404:
      if (reason.message.find("accept header") != std::string::npos) {
        return {Kind::strange, false,
                "; the registry has it, but does not see which kinds are accepted: a proxy in "
                "front of it drops the Accept header"};
      }
      return {Kind::absent, false, {}};
    case 401:
      return {Kind::credential, false,
              cat(wanted_scope(response.headers), "; asked ", who,
                  ": set username and password, token or docker_config")};
    case 403:
      return {Kind::denied, false, cat("; asked ", who, ", who has no right to it")};
    case 405:
      if (!changes(method)) break;
      return {Kind::read_only, true, "; the registry is read-only (maintenance)"};
    case 408:
    case 425:
    case 429:
      return {Kind::busy, true, cat("; too many requests, or too slow", limits(response.headers))};
    case 499:
    case 500:
    case 502:
    case 503:
    case 504:
    case 522:
      return {Kind::broken, true, {}};
    default:
      break;
  }
  return {Kind::strange, false, {}};
}

}  // namespace

std::string short_words(const Refusal& refusal) {
  if (refusal.status == 0) return "no answer";
  return refusal.code.empty() ? std::to_string(refusal.status)
                              : cat(refusal.status, ' ', refusal.code);
}

Refusal refusal_of(const http::Response& response, http::Method method, std::string_view asked,
                   std::string_view who) {
  const Reason reason = reason_of(response.body);
  Meaning meaning = meaning_of(response, method, reason, who);
  Refusal refusal;
  refusal.kind = meaning.kind;
  refusal.status = response.status;
  refusal.code = text::quoted(reason.code, 40);
  refusal.code = refusal.code.substr(1, refusal.code.size() - 2);
  refusal.passing = meaning.passing;
  refusal.retry_after = response.retry_after;
  refusal.failure = {Failure::Kind::unknown,
                     cat(asked, " answered ", response.status, shown(reason), meaning.advice),
                     meaning.passing};
  return refusal;
}

Refusal refusal_of(const Failure& failure) {
  Refusal refusal;
  refusal.kind = Refusal::Kind::unreachable;
  // Whoever set the deadline knows what follows from it.
  refusal.passing = failure.passing || failure.kind == Failure::Kind::deadline;
  refusal.failure = failure;
  return refusal;
}

Refusal strange(int status, std::string message) {
  Refusal refusal;
  refusal.status = status;
  refusal.failure = {Failure::Kind::unknown, std::move(message)};
  return refusal;
}

}  // namespace stagegate::oci
