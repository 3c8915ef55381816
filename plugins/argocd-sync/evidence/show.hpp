// Evidence for people, and for programs.
#pragma once

#include <string>

#include "common/text/json.hpp"
#include "common/time/instant.hpp"
#include "plugins/argocd-sync/evidence/evidence.hpp"
#include "plugins/argocd-sync/evidence/log_lines.hpp"

namespace stagegate::argocd {

// A block of at most 40 lines; empty when there is nothing to see. `log` is that of evidence.log.
std::string words(const Evidence& evidence, const LogLines& log, time::Instant now);

text::Json json(const Evidence& evidence, const LogLines& log);

}  // namespace stagegate::argocd
