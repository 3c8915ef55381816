// Storing one record, from any verb that writes: the log opened, the deadline kept, the outcome
// told, and the record itself printed when it could not be stored.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/audit/log/log.hpp"
#include "common/step/patience.hpp"
#include "common/step/step.hpp"
#include "plugins/audit-writer/draft/statement.hpp"
#include "plugins/audit-writer/options.hpp"

namespace stagegate::audit_writer {

// Now, in milliseconds, of the machine's clock.
audit::Stamp now();
// This program on this machine.
Writer this_writer();
// A key for a record that is stored once because nobody else knows its key.
std::string fresh_key();

// What becomes of a record that cannot be stored.
enum class Unstored {
  printed,  // as AUDIT-PENDING, to be imported later: what it says has happened anyway
  dropped,  // it is an act of its own, which has not taken place
};

struct Storing {
  audit::Draft draft;
  Unstored unstored = Unstored::printed;
  bool echo = false;
};
// The outcome of a stored record, or of the failure.
step::Outcome store(const Options& options, const step::Run& run, const Storing& storing);
// The same for a verb that is watched over as a whole.
step::Outcome store_unwatched(const Options& options, const Storing& storing);

// For verbs that decide on the log what they append.
step::Outcome store_if(const Options& options, const step::Run& run, const audit::Decide& decide);

// For whatever else touches the log's directory, and may rightly take long, such as reading
// all of a long log: ends the program when the store has been silent for `audit_deadline`, or
// `grace` after a signal. `state` says what may have been done by then, and what to do.
std::unique_ptr<step::Patience> give_up_on_silence(const Options& options, const step::Run& run,
                                                   std::chrono::milliseconds grace,
                                                   const std::string& state);
// Within the time that a container has between SIGTERM and SIGKILL (Woodpecker: 20 s).
inline constexpr std::chrono::seconds kGrace{10};

// Members of a result that every stored record has.
text::Json json_of(const audit::Appended& appended);
std::string text_of(const audit::Appended& appended, const std::string& summary);

}  // namespace stagegate::audit_writer
