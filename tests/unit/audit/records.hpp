// Drafts that tests begin with.
#pragma once

#include "common/audit/record/record.hpp"

namespace stagegate::tests {

inline audit::Draft promotion(const std::string& idem = "") {
  audit::Draft draft;
  if (!idem.empty()) draft.set("idem", idem);
  return draft.set("type", "promotion")
      .set("event", "succeeded")
      .set("operator", text::Json().set("name", "celes").set("kind", "human"))
      .set("project", "stonks-oracle")
      .set("source_stage", "paper")
      .set("target_stage", "live")
      .set("image_tag", "a1b2c3d")
      .set("outcome", "success")
      .set("source", text::Json().set("system", "woodpecker").set("pipeline", 738));
}

inline text::Json test_writer() {
  return text::Json().set("tool", "test").set("version", "1");
}

// The line that becomes of a draft.
inline Result<std::string> line_of(const audit::Draft& draft, std::uint64_t seq = 41) {
  return audit::compose_line(draft, {.seq = seq,
                                     .ts = audit::parse_stamp("2026-11-21T06:30:00.123Z").value(),
                                     .writer = test_writer()});
}

}  // namespace stagegate::tests
