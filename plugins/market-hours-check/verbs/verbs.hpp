// What each verb does: from the options to an outcome.
#pragma once

#include "common/step/step.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"
#include "plugins/market-hours-check/options.hpp"

namespace stagegate::market_hours {

step::Outcome check(const Options& options, const step::Run& run);
step::Outcome wait(const Options& options, const step::Run& run);
step::Outcome next(const Options& options, const step::Run& run);
step::Outcome explain(const Options& options, const step::Run& run);
step::Outcome calendar_list(const Options& options, const step::Run& run);
step::Outcome calendar_show(const Options& options, const step::Run& run);
step::Outcome calendar_lint(const Options& options, const step::Run& run);
step::Outcome calendar_diff(const Options& options, const step::Run& run);
step::Outcome serve(const Options& options, const step::Run& run);

}  // namespace stagegate::market_hours
