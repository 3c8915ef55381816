// What a run came to, and how it is told: on stdout, in the result file and in the pod's
// termination message.
#pragma once

#include <exception>
#include <functional>
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
  // A line for stdout that must not be lost with a failure. It is printed as it is, and not where
  // the form is JSON: there it is a member.
  std::string kept = {};
  // Called when it has been told everywhere, and only then: for what must not be remembered as told
  // before it was.
  std::function<Result<>()> once_told = {};
};

// Thrown by what prints while it works, when whoever read stdout has gone (`history | head`):
// nothing has gone wrong, but there is nobody left to work for.
class ReaderGone : public std::exception {
 public:
  const char* what() const noexcept override { return "nobody reads the output any more"; }
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
// `unknown` when a success could not be told (a later step would go on without its result), or
// `reader_gone` when nobody wanted to be told.
Exit deliver(const Outcome& outcome, const Delivery& delivery, const std::string& program,
             const std::string& verb);

// The same, for a program that hangs in a call that never comes back. What hangs may hold any lock,
// and the result file may be on the very server that is silent: each place is written on a thread
// of its own, and one that takes longer than some seconds is left behind. Ends the process.
[[noreturn]] void deliver_and_end(const Outcome& outcome, const Delivery& delivery,
                                  const std::string& program, const std::string& verb);

}  // namespace stagegate::step
