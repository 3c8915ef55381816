// What a Freight and a Stage say has happened to Freight: approvals and verifications.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// Its approvals. The object does not say whose they are: only the Event does, for an hour.
std::vector<Fact> facts_of_freight(const text::Json& freight, std::string_view image);

// The verifications that have ended. A stage without an analysis passes everything through as
// verified: that is no fact.
// The keys of all verifications that the stage speaks of, ended or not: of how these end it says
// all that there is to say.
std::set<std::string> verifications_of(const text::Json& stage);
std::vector<Fact> facts_of_stage(const text::Json& stage, std::string_view image);

// An approval counts once: Kargo keeps it for good, and does nothing when it is repeated.
std::string approval_key(std::string_view project, std::string_view freight,
                         std::string_view stage);
// A verification can be repeated: the moment when it began tells one from the other.
std::string verification_key(std::string_view project, std::string_view freight,
                             std::string_view stage, time::Instant begun);

// How a verification ended, by Kargo's word for it ("Successful", "Failed", ...).
struct VerificationEnd {
  std::string_view phase;
  std::string_view kargo_event;
  std::string_view event;
  std::string_view outcome;
};
// Null for one that has not ended.
const VerificationEnd* verification_end(std::string_view phase);
const VerificationEnd* verification_end_of_event(std::string_view kargo_event);

}  // namespace stagegate::audit_writer
