// What each verb does: from the options to an outcome.
#pragma once

#include "common/step/step.hpp"
#include "plugins/argocd-sync/options.hpp"

namespace stagegate::argocd {

step::Outcome sync(const Options& options, const step::Run& run);
step::Outcome wait(const Options& options, const step::Run& run);
step::Outcome lint_windows(const Options& options, const step::Run& run);

}  // namespace stagegate::argocd
