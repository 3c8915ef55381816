// What a record says has happened: "promotion.succeeded".
#pragma once

#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::audit_writer {

struct Event {
  std::string type;   // promotion, gate, stage_control, log
  std::string event;  // succeeded, passed, ...
  bool operator==(const Event&) const = default;
};

std::string name_of(const Event& event);  // "promotion.succeeded"

// `text` is "promotion.succeeded", or "succeeded" with `type` beside it. "promotion.finished" is
// told from the pipeline's status when the step began ("success", "failure"), because a step that
// runs after both cannot say it in its settings.
Result<Event> parse_event(std::string_view text, std::string_view type,
                          std::string_view pipeline_status);

// The outcome that goes without saying; empty where there is none.
std::string_view usual_outcome(const Event& event);

}  // namespace stagegate::audit_writer
