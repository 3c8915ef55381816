#include "plugins/audit-writer/serve/submission.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr text::JsonLimits kLimits{.bytes = std::size_t{128} << 10, .depth = 16, .values = 5'000};

constexpr std::array<std::string_view, 6> kOwn{"v", "seq", "prev", "ts", "id", "salt"};

bool is_taken(std::string_view type, std::string_view event) {
  if (type == "promotion") return event != "approved" && event != "rejected";
  if (type == "gate") return event != "overridden";
  return type == "stage_control";
}

void check_rules(const Json& body, std::vector<std::string>& faults) {
  for (const auto name : kOwn) {
    if (body.find(name) != nullptr) faults.push_back(cat(name, ": is given by the log"));
  }
  if (body.text("idem").empty()) {
    faults.emplace_back("idem: is missing; without it a second try would store a second record");
  }
  const auto type = body.text("type");
  const auto event = body.text("event");
  if (!type.empty() && !is_taken(type, event)) {
    faults.push_back(cat("type: ", type, ".", event,
                         " is not taken here: grants, approvals and the log's own records have "
                         "commands of their own"));
  }
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
  auto draft = audit::tidy(*std::move(json));
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
  unverify(draft, "approver");
  return draft;
}

}  // namespace stagegate::audit_writer
