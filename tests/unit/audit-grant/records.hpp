// Records as a log would hold them, without a log.
#pragma once

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit {

inline Stamp stamp(const std::string& text) {
  const auto parsed = parse_stamp(text);
  REQUIRE(parsed);
  return *parsed;
}

inline const std::string kNow = "2026-11-24T15:00:00.000Z";

// A draft with the members that it is given when it is appended.
inline text::Json placed(Draft draft, const std::string& id, const std::string& ts = kNow) {
  return draft.set("id", id).set("ts", ts);
}

// Empty when the schema's rules accept the draft.
inline std::string fault_of(const Draft& draft) {
  const auto checked = check_draft(draft);
  return checked ? "" : checked.error().message;
}

inline Actor ann() {
  return {.name = "ann@example.com", .kind = "human", .via = "oidc", .raw = {}, .verified = true};
}

inline GrantRequest request() {
  GrantRequest request;
  request.scope = {.gate = "market-hours",
                   .project = "stonks",
                   .target_stage = "live",
                   .image_tag = "abc123",
                   .promotion = {}};
  request.granter = ann();
  request.justification = "orders are lost, INC-42";
  return request;
}

inline Passage passage(const std::string& promotion = "live.01a") {
  Passage passage;
  passage.gate = "market-hours";
  passage.project = "stonks";
  passage.target_stage = "live";
  passage.image_tag = "abc123";
  passage.promotion = promotion;
  passage.consumer = promotion;
  passage.promoter = "bob@example.com";
  return passage;
}

inline Draft drafted(const GrantRequest& request, const std::string& now = kNow) {
  const auto draft = grant_draft(request, stamp(now));
  REQUIRE(draft);
  return *draft;
}

inline Grant grant_called(const std::string& id) {
  Grant grant;
  grant.id = id;
  grant.granter = ann();
  grant.justification = "orders are lost, INC-42";
  return grant;
}

}  // namespace stagegate::audit
