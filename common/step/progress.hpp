// How a long wait shows that it is alive.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/result/result.hpp"

namespace stagegate::step {

// Refused (usage): a heartbeat so short that nobody could read the log. The setting is called
// `heartbeat` everywhere.
Result<> check_heartbeat(std::chrono::milliseconds heartbeat);

// On a terminal one line that is rewritten; elsewhere a log line when the state changes and a
// heartbeat in between.
class Progress {
 public:
  Progress(bool terminal, std::chrono::milliseconds heartbeat)
      : terminal_(terminal), heartbeat_(heartbeat) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { end(); }

  // `state` is what is waited for, `countdown` what changes all the time.
  void show(const std::string& state, const std::string& countdown,
            std::chrono::milliseconds uptime);
  // How long until something has to be shown again.
  std::chrono::milliseconds next(std::chrono::milliseconds uptime) const;
  // Leaves the terminal with a clean line, and is nothing to a log: what goes on after that is not
  // shown again.
  void end();

 private:
  bool terminal_;
  std::chrono::milliseconds heartbeat_;
  std::string state_;
  std::optional<std::chrono::milliseconds> shown_;
};

}  // namespace stagegate::step
