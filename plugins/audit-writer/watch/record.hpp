// The record of a fact.
#pragma once

#include <string>

#include "common/audit/record/record.hpp"
#include "plugins/audit-writer/draft/statement.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// What a fact alone does not say.
struct Surroundings {
  Freight freight;
  std::string source_stage;  // empty: none
  std::string kargo_url;     // of its user interface; empty: not known
};

// Passes check_draft() for every fact that has an event, a key, a project and a stage.
//
// An approval of Kargo has no note: the approval gate takes a record with one as somebody's word
// that a promotion may go on, and Kargo's approval is no such word.
audit::Draft draft_of(const Fact& fact, const Surroundings& surroundings, const Writer& writer);

}  // namespace stagegate::audit_writer
