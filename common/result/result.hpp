// What a function returns when its caller decides what a failure means.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace stagegate {

// Why something did not work, in the words of the exit codes: the shell around a program maps each
// kind to one exit code, in one place (common/step/exit_code.hpp).
struct Failure {
  enum class Kind {
    refused,   // the answer is no
    usage,     // what was asked for is malformed or not possible
    unknown,   // could not be found out: network, authorisation, I/O, unknown data
    conflict,  // somebody else changed what this depends on, or integrity is violated
    deadline,  // time ran out
  };
  Kind kind;
  std::string message;
  // Nothing is wrong with what was asked: the same may work in a moment.
  bool passing = false;
};

template <class T = void>
using Result = tl::expected<T, Failure>;

// `return unknown("...")` from any function that returns a Result.
inline tl::unexpected<Failure> fail(Failure::Kind kind, std::string message) {
  return tl::make_unexpected(Failure{kind, std::move(message)});
}
inline tl::unexpected<Failure> usage(std::string message) {
  return fail(Failure::Kind::usage, std::move(message));
}
inline tl::unexpected<Failure> unknown(std::string message) {
  return fail(Failure::Kind::unknown, std::move(message));
}
inline tl::unexpected<Failure> forward(Failure failure) {
  return tl::make_unexpected(std::move(failure));
}

}  // namespace stagegate
