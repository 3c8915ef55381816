// One run of the tests: the command, what it left, what that means, and the tidying up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/fs/file.hpp"
#include "common/settings/environment.hpp"
#include "common/time/clock.hpp"
#include "plugins/inttest-runner/child/child.hpp"
#include "plugins/inttest-runner/options.hpp"
#include "plugins/inttest-runner/verdict/verdict.hpp"

namespace stagegate::inttest {

struct Attempt {
  Ending ending;
  Observed observed;
  Verdict verdict;
  fs::Path results;               // where its file is now
  std::vector<std::string> tail;  // the last lines of its output
  std::string cleanup;            // what became of the cleanup; empty: there is none
};

// Fails when no command could be run, or an old results file cannot be removed.
Result<Attempt> attempt(const Options& options, const settings::Environment& environment,
                        std::size_t number, time::Clock& clock, int interrupt_fd);

// Puts the results file aside, so that the next run finds none and this one is kept.
Result<> put_aside(Attempt& attempt, std::size_t number);

}  // namespace stagegate::inttest
