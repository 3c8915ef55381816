// What the exit code of every program says. The one place where it is decided.
#pragma once

#include "common/result/result.hpp"

namespace stagegate::step {

enum class Exit : int {
  done = 0,      // done, allowed, passed
  no = 1,        // the answer is no: market open, tests failed, sync failed
  usage = 2,     // settings wrong
  unknown = 3,   // could not find out: a gate counts this as no
  conflict = 4,  // digest moved, superseded, log tampered with
  deadline = 5,  // time ran out
  interrupted = 130,
  reader_gone = 141,  // nobody read the answer to its end, as a shell says it of other tools
  terminated = 143,
};

constexpr Exit exit_for(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::refused:
      return Exit::no;
    case Failure::Kind::usage:
      return Exit::usage;
    case Failure::Kind::unknown:
      break;
    case Failure::Kind::conflict:
      return Exit::conflict;
    case Failure::Kind::deadline:
      return Exit::deadline;
  }
  return Exit::unknown;
}

}  // namespace stagegate::step
