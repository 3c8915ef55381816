// What each verb does: from the options to an outcome.
#pragma once

#include "common/step/step.hpp"
#include "plugins/inttest-runner/options.hpp"

namespace stagegate::inttest {

step::Outcome run_tests(const Options& options, const step::Run& run);

}  // namespace stagegate::inttest
