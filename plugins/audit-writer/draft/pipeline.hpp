// What the CI says about the run that this step is a part of.
#pragma once

#include <optional>
#include <string>

#include "common/settings/environment.hpp"
#include "common/time/instant.hpp"

namespace stagegate::audit_writer {

struct Pipeline {
  std::string system;  // "woodpecker"; empty: no CI
  std::string repo;    // owner/name
  std::string number;
  std::string reruns;  // empty for the first run of that number
  std::string step;
  std::string event;   // deployment, push, cron, ...
  std::string status;  // success or failure, as of the moment when the step began
  std::string author;  // who caused the run
  // The CI has put the author there, and nobody could have put another one in its place.
  bool vouches_for_author = false;
  std::string commit;
  std::string tag;  // a git tag
  std::optional<time::Instant> commit_time;
  std::string url;
};

Pipeline read_pipeline(const settings::Environment& environment);

}  // namespace stagegate::audit_writer
