// The audit log as the settings describe it, and the promotion that they are about.
#pragma once

#include <memory>

#include "plugins/market-hours-check/clearance/clearance.hpp"
#include "plugins/market-hours-check/options.hpp"

namespace stagegate::market_hours {

// Without a log nothing is opened, and what it gives says only what the verdict says. Fails (usage)
// when the settings contradict each other. Grants are judged by the machine's own clock, to the
// millisecond: one that was given within this second holds, and a simulated one leaves the log
// alone.
Result<std::unique_ptr<Clearing>> open_clearing(const Options& options);

// The promotion that a pipeline step is about: named by `promotion`, or the pipeline itself.
audit::Passage passage_of(const Options& options);

}  // namespace stagegate::market_hours
