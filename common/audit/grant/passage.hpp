// One promotion before one gate: what grants and approvals are matched with, and what the gate's
// records are about.
#pragma once

#include <string>

#include "common/audit/record/record.hpp"
#include "common/text/json.hpp"

namespace stagegate::audit {

struct Passage {
  std::string gate;
  std::string project;
  std::string target_stage;
  std::string image_tag;
  std::string promotion;   // Kargo's name of it, may be empty
  std::string consumer;    // the one that uses a grant up: the promotion, or repo#pipeline
  std::string promoter;    // who asked for the promotion, if known
  text::Json source = {};  // of its records; empty: made of promotion and consumer
};

// "source" of the records about it.
text::Json source_of(const Passage& passage);

// Who uses something up, as a record's source names it: the promotion, or repo#pipeline, or "".
std::string consumer_of(const text::Json& record);

// A key that is the same for the same words: "consume:<grant>:<consumer>". Parts that would not fit
// into an idempotency key are hashed.
std::string idempotency_key(const std::string& what, const std::string& who);

}  // namespace stagegate::audit
