#include "plugins/audit-writer/serve/submission.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/idempotency.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr text::JsonLimits kLimits{.bytes = kLongestSubmission, .depth = 16, .values = 5'000};

constexpr std::array<std::string_view, 6> kOwn{"v", "seq", "prev", "ts", "id", "salt"};

// Of the records that are not taken here. Whoever could store something else under such a key first
// would keep the record itself out: its writer would be told that it stands there already.
constexpr std::array<std::string_view, 9> kForeignKeys{
    "approval:", "consume:", "gate:",   "grant:", "recover:",
    "redact:",   "repair:",  "review:", "revoke:"};

// A passage uses up an approval, and is what a report asks of a gated stage: that it was let
// through is the gate's own to say.
bool is_taken(std::string_view type, std::string_view event) {
  if (type == "promotion") return event != "approved" && event != "rejected";
  if (type == "gate") return event == "blocked" || event == "errored";
  return type == "stage_control";
}

std::string promotion_of(const Json& body) {
  const Json* source = body.find("source");
  return source == nullptr ? "" : std::string(source->text("promotion"));
}

// What `watch` records has keys of this form, and it records nothing whose key stands in the log: a
// record that has one must be about the same.
std::string kargo_key_of(const Json& body) {
  const Event event{.type = std::string(body.text("type")),
                    .event = std::string(body.text("event"))};
  const std::string promotion = promotion_of(body);
  return usual_key({.pipeline = {},
                    .promotion = promotion,
                    .event = event,
                    .target_stage = {},
                    .image_tag = {}});
}

void check_key(const Json& body, std::vector<std::string>& faults) {
  const auto key = body.text("idem");
  if (key.empty()) {
    faults.emplace_back("idem: is missing; without it a second try would store a second record");
  }
  for (const auto beginning : kForeignKeys) {
    if (key.starts_with(beginning)) {
      faults.push_back(cat("idem: keys that begin with ", beginning,
                           " are those of records that are not taken here"));
    }
  }
  if (key.starts_with("kargo:") && key != kargo_key_of(body)) {
    faults.emplace_back(
        "idem: a key that begins with kargo: is kargo:<promotion>:<type>.<event>, of this record's "
        "own "
        "type, event and source.promotion");
  }
}

void check_rules(const Json& body, std::vector<std::string>& faults) {
  for (const auto name : kOwn) {
    if (body.find(name) != nullptr) faults.push_back(cat(name, ": is given by the log"));
  }
  check_key(body, faults);
  const auto type = body.text("type");
  const auto event = body.text("event");
  if (!type.empty() && !is_taken(type, event)) {
    faults.push_back(cat("type: ", type, ".", event,
                         " is not taken here: grants, approvals, what a gate lets through and the "
                         "log's own records have commands of their own"));
  }
  if (body.find("approver") != nullptr) {
    faults.emplace_back("approver: is not taken here: an approval is a record of its own");
  }
  if (body.find("log") != nullptr) faults.emplace_back("log: is for the log's own records");
}

// Whoever has stored the record is this service, and not what its caller says.
Json without_writer(const Json& body) {
  Json draft{Json::Object{}};
  for (const auto& [key, value] : *body.object()) {
    if (key != "writer") draft.set(key, value);
  }
  return draft;
}

void unverify(Json& draft, const char* who) {
  const Json* actor = draft.find(who);
  if (actor == nullptr || actor->object() == nullptr) return;
  Json claimed = *actor;
  if (claimed.find("verified") != nullptr) draft.set(who, claimed.set("verified", false));
}

}  // namespace

Result<audit::Draft> parse_submission(std::string_view body) {
  auto json = text::parse_json(body, kLimits);
  if (!json) return usage(cat("the body is no valid JSON: ", json.error().message));
  if (json->object() == nullptr) return usage("the body must be a JSON object");
  std::vector<std::string> faults;
  check_rules(*json, faults);
  auto draft = audit::tidy(without_writer(*json));
  if (faults.empty()) {
    if (auto good = audit::check_draft(draft); !good) return forward(good.error());
  } else {
    // Together with what the log itself would say, so that one answer has it all.
    Json rest;
    for (const auto& [key, value] : *draft.object()) {
      if (std::find(kOwn.begin(), kOwn.end(), key) == kOwn.end()) rest.set(key, value);
    }
    if (auto good = audit::check_draft(rest); !good) faults.push_back(good.error().message);
    return usage(text::join(faults, "\n"));
  }
  unverify(draft, "operator");
  return draft;
}

}  // namespace stagegate::audit_writer
