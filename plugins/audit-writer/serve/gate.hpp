// What the gate says about each stage, asked over HTTP. What is not known for certain is unknown,
// never open.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/audit-writer/serve/background.hpp"

namespace stagegate::audit_writer {

enum class GateState : std::uint8_t {
  allowed,
  blocked,
  unknown,    // the gate does not answer, or cannot tell
  not_gated,  // the gate answers, and does not know this stage
  not_asked,  // no gate is set
};
std::string_view name_of(GateState state);

struct GateWord {
  GateState state = GateState::unknown;
  std::string message = {};
  std::string changes_at = {};                          // RFC 3339, or empty
  std::optional<std::chrono::seconds> changes_in = {};  // at the moment of the answer
};

struct GateAnswer {
  std::vector<std::pair<std::string, GateWord>> stages;
};
// The body of GET /v1/status of market-hours-check.
Result<GateAnswer> parse_gate_answer(std::string_view body);

class GateBook {
 public:
  using Clock = std::chrono::steady_clock;
  void note(Result<GateAnswer> answer, Clock::time_point now);
  // An answer that is older than a minute says nothing any more.
  GateWord word(std::string_view stage, Clock::time_point now) const;

 private:
  mutable std::mutex mutex_;
  std::optional<GateAnswer> answer_;
  Clock::time_point answered_at_;
  std::string failure_ = "the gate has not been asked yet";
};

// Keeps asking.
class GateWatch {
 public:
  // `ask` gets the body of the gate's answer.
  using Ask = std::function<Result<std::string>()>;
  GateWatch(Ask ask, std::chrono::milliseconds every);
  GateWord word(std::string_view stage) const;

 private:
  std::shared_ptr<GateBook> book_;
  Background thread_;
};

}  // namespace stagegate::audit_writer
