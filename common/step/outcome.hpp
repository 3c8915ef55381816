// What a run came to, and how it is told: on stdout, in the result file and in the pod's
// termination message.
#pragma once

#include <string>

#include "common/result/result.hpp"
#include "common/step/exit_code.hpp"
#include "common/text/json.hpp"

namespace stagegate::step {

struct Outcome {
  Exit exit = Exit::done;
  std::string text;      // for people, without a newline at the end
  text::Json json = {};  // the same for programs, without the members that every result has
  bool failed = false;   // no answer was found: told as an error on stderr, not as a result
};

Outcome outcome_of(const Failure& failure);

// The result object: {"schema": 1, "program": ..., "verb": ..., "exit_code": ..., and the outcome's
// own members}. A failure has `message` in it, so that the reader of a result file never has to
// parse logs.
text::Json result_object(const Outcome& outcome, const std::string& program,
                         const std::string& verb);

struct Delivery {
  bool as_json = false;
  std::string result_file;      // empty: none
  std::string termination_log;  // written only when it is there already
};

// Tells the outcome everywhere it should be told. Returns the exit code: the outcome's own, or
// `unknown` when a success could not be told (a later step would go on without its result).
Exit deliver(const Outcome& outcome, const Delivery& delivery, const std::string& program,
             const std::string& verb);

}  // namespace stagegate::step
