// What a deployment of one Application has come to.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/step/exit_code.hpp"
#include "plugins/argocd-sync/app/application.hpp"

namespace stagegate::argocd {

struct Ending {
  enum class Kind : std::uint8_t {
    success,
    failed,
    superseded,
    reverted,
    lost,
    blocked,
    paused,
    gone,
    timeout,
    misused,  // the settings do not fit the Application
    unknown,
    interrupted,
    skipped,  // one before it has failed
  };
  Kind kind = Kind::unknown;
  std::string words;
  std::optional<Application> app = {};    // as it was seen last
  std::vector<std::string> changed = {};  // what was set: "image.tag: 1111 -> 2222"
  std::string before = {};                // the tag that was there
  std::string commit = {};                // of the write-back
  bool started = false;                   // a sync of ours
  bool adopted = false;                   // somebody else's sync brought the same
  bool terminated = false;                // our sync was ended, because time was up
  std::string evidence = {};              // lines for people
  text::Json evidence_json = {};
  std::chrono::milliseconds took{0};
  std::shared_ptr<const Ending> rollback = {};  // of the way back, if it was gone
};

std::string_view word(Ending::Kind kind);
step::Exit exit_of(Ending::Kind kind);
// The one that the whole ends with: the worst.
step::Exit exit_of(const std::vector<Ending>& endings);

}  // namespace stagegate::argocd
