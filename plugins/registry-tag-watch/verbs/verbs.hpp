// What each verb does: from the options to an outcome.
#pragma once

#include "common/step/step.hpp"
#include "plugins/registry-tag-watch/options.hpp"

namespace stagegate::tag_watch {

step::Outcome wait(const Options& options, const step::Run& run);
step::Outcome check(const Options& options, const step::Run& run);
step::Outcome mark(const Options& options, const step::Run& run);
step::Outcome find_new(const Options& options, const step::Run& run);
step::Outcome watch(const Options& options, const step::Run& run);

}  // namespace stagegate::tag_watch
