#include "plugins/audit-writer/serve/gate.hpp"

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr std::chrono::seconds kValid{60};
constexpr text::JsonLimits kLimits{.bytes = std::size_t{1} << 20, .depth = 16, .values = 50'000};

// "allowed" has to be there and true: everything else is no.
GateWord word_of(const Json& stage) {
  GateWord word;
  word.message = stage.text("message");
  const Json* allowed = stage.find("allowed");
  if (allowed == nullptr || allowed->boolean() == nullptr) return word;
  if (stage.text("state") == "unknown") return word;
  const bool yes = *allowed->boolean();
  word.state = yes ? GateState::allowed : GateState::blocked;
  word.changes_at = stage.text(yes ? "blocked_at" : "allowed_at");
  const Json* left = stage.find(yes ? "blocked_in_seconds" : "allowed_in_seconds");
  if (left != nullptr && left->integer()) word.changes_in = std::chrono::seconds(*left->integer());
  return word;
}

}  // namespace

std::string_view name_of(GateState state) {
  switch (state) {
    case GateState::allowed:
      return "allowed";
    case GateState::blocked:
      return "blocked";
    case GateState::unknown:
      break;
    case GateState::not_gated:
      return "not_gated";
    case GateState::not_asked:
      return "not_asked";
  }
  return "unknown";
}

Result<GateAnswer> parse_gate_answer(std::string_view body) {
  const auto json = text::parse_json(body, kLimits);
  if (!json) return unknown(cat("the gate's answer is no JSON: ", json.error().message));
  GateAnswer answer;
  const Json* stages = json->find("stages");
  if (stages != nullptr && stages->array() != nullptr) {
    for (const Json& stage : *stages->array()) {
      answer.stages.emplace_back(stage.text("stage"), word_of(stage));
    }
  } else if (!json->text("stage").empty()) {
    answer.stages.emplace_back(json->text("stage"), word_of(*json));
  }
  if (answer.stages.empty()) return unknown("the gate's answer names no stage");
  return answer;
}

void GateBook::note(Result<GateAnswer> answer, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!answer) {
    failure_ = answer.error().message;
    return;
  }
  answer_ = *std::move(answer);
  answered_at_ = now;
  failure_.clear();
}

GateWord GateBook::word(std::string_view stage, Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  if (!answer_ || now - answered_at_ > kValid) {
    return {.message = failure_.empty() ? "the gate has not answered for a minute" : failure_};
  }
  const auto found = std::find_if(answer_->stages.begin(), answer_->stages.end(),
                                  [&](const auto& known) { return known.first == stage; });
  if (found == answer_->stages.end()) return {.state = GateState::not_gated};
  GateWord word = found->second;
  if (!word.changes_in) return word;
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - answered_at_);
  *word.changes_in -= passed;
  // The change has come since the gate was asked: whether it is open now, only the gate knows.
  if (word.changes_in->count() <= 0) {
    return {.message = "the gate's answer has run out; it is being asked again"};
  }
  return word;
}

GateWatch::GateWatch(Ask ask, std::chrono::milliseconds every)
    : book_(std::make_shared<GateBook>()),
      thread_([book = book_, ask = std::move(ask), every](Pause& pause) {
        do {
          auto body = ask();
          book->note(body ? parse_gate_answer(*body) : forward(body.error()),
                     GateBook::Clock::now());
        } while (pause.wait(every));
      }) {}

GateWord GateWatch::word(std::string_view stage) const {
  return book_->word(stage, GateBook::Clock::now());
}

}  // namespace stagegate::audit_writer
