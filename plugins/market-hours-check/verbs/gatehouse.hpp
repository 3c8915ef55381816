// A gate that is ready to be asked: its calendar loaded, and a clock that can be believed.
#pragma once

#include <memory>

#include "common/time/clock.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"
#include "plugins/market-hours-check/options.hpp"

namespace stagegate::market_hours {

class Gatehouse {
 public:
  // Fails when the calendar cannot be loaded, when `at` is no time, and when the machine's clock is
  // used and shows a time before this program was built: no honest clock does.
  static Result<Gatehouse> open(const Options& options, time::Clock& machine);

  const Gate& gate() const { return gate_; }
  // Shows `at` from the moment of opening on where that is given.
  time::Clock& clock() { return shifted_ ? *shifted_ : *machine_; }
  bool simulated() const { return shifted_ != nullptr; }

 private:
  Gatehouse(Gate gate, time::Clock& machine) : gate_(std::move(gate)), machine_(&machine) {}

  Gate gate_;
  time::Clock* machine_;
  std::unique_ptr<time::Clock> shifted_;
};

// Who asks, by the options.
Asker asker_of(const Options& options, bool simulated);

// For verbs that print nothing but text and JSON.
Result<> only_text_or_json(const std::string& output, const std::string& verb);

}  // namespace stagegate::market_hours
