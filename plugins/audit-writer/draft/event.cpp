#include "plugins/audit-writer/draft/event.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

struct Known {
  std::string_view type;
  std::string_view event;
  std::string_view outcome;
};

// break_glass has verbs of its own (grant, revoke, review) and is used up by the gates; the log's
// own records come from init, redact, repair and recover, all but these two.
constexpr Known kKnown[] = {
    {"promotion", "requested", "pending"},
    {"promotion", "approved", "success"},
    {"promotion", "rejected", "blocked"},
    {"promotion", "blocked", "blocked"},
    {"promotion", "started", "pending"},
    {"promotion", "succeeded", "success"},
    {"promotion", "failed", "failure"},
    {"promotion", "errored", "error"},
    {"promotion", "aborted", "aborted"},
    {"promotion", "discarded", "aborted"},
    {"promotion", "verified", "success"},
    {"promotion", "verification_failed", "failure"},
    {"gate", "passed", "success"},
    {"gate", "blocked", "blocked"},
    {"gate", "overridden", "success"},
    {"gate", "errored", "error"},
    {"stage_control", "enabled", ""},
    {"stage_control", "disabled", ""},
    {"log", "anchored", ""},
    {"log", "closed", ""},
};

const Known* find(std::string_view type, std::string_view event) {
  const auto* found = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& known) {
    return known.type == type && known.event == event;
  });
  return found == std::end(kKnown) ? nullptr : found;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& known : kKnown) names.push_back(cat(known.type, ".", known.event));
  names.emplace_back("promotion.finished");
  return names;
}

Result<Event> finished(std::string_view status) {
  if (status == "success") return Event{"promotion", "succeeded"};
  if (status == "failure") return Event{"promotion", "failed"};
  return usage(cat("event: promotion.finished is told from CI_PIPELINE_STATUS, which is ",
                   status.empty() ? "not set" : text::quoted(status),
                   " here: write promotion.succeeded or promotion.failed"));
}

Result<Event> not_known(const std::string& name) {
  const auto names = all_names();
  if (name.starts_with("break_glass.")) {
    return usage(cat("event: ", name,
                     " is not written by append: grants are given by `audit-writer grant`, taken "
                     "back by `revoke`, reviewed by `review`, and used up by the gate itself"));
  }
  std::string message = cat("event: there is no ", text::quoted(name));
  const auto near = text::nearest(name, names);
  if (!near.empty()) message += cat(": did you mean ", near, "?");
  return usage(message + cat(" (", text::join(names, ", "), ")"));
}

}  // namespace

std::string name_of(const Event& event) {
  return cat(event.type, ".", event.event);
}

Result<Event> parse_event(std::string_view text, std::string_view type,
                          std::string_view pipeline_status) {
  if (text.empty()) {
    return usage(
        "event is required: say what has happened, for example promotion.succeeded, "
        "promotion.finished (by the pipeline's status) or gate.passed");
  }
  std::string name(text);
  if (const auto dot = text.find('.'); dot == std::string_view::npos) {
    name = cat(type.empty() ? std::string_view("promotion") : type, ".", text);
  } else if (!type.empty() && text.substr(0, dot) != type) {
    return usage(
        cat("event: ", text::quoted(text), " is of another type than type: ", text::quoted(type)));
  }
  if (name == "promotion.finished") return finished(pipeline_status);
  const auto dot = name.find('.');
  const std::string_view view = name;
  const Known* known = find(view.substr(0, dot), view.substr(dot + 1));
  if (known == nullptr) return not_known(name);
  return Event{std::string(known->type), std::string(known->event)};
}

std::string_view usual_outcome(const Event& event) {
  const Known* known = find(event.type, event.event);
  return known == nullptr ? std::string_view() : known->outcome;
}

}  // namespace stagegate::audit_writer
