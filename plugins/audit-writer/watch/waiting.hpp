// Facts on their way to the log. Most go there at once; some have to wait for what completes them,
// because each kind of object comes over a connection of its own and in its own time.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/audit-writer/watch/fact.hpp"
#include "plugins/audit-writer/watch/scene.hpp"

namespace stagegate::audit_writer {

class Waiting {
 public:
  using Uptime = std::chrono::milliseconds;
  // `patience`: how long a fact waits for what completes it. Without, it goes as it is.
  explicit Waiting(std::chrono::milliseconds patience) : patience_(patience) {}

  // Of two facts with one key the one at first hand stays.
  void add(Fact fact, Uptime now);
  // Those that can go, the oldest first; they are no longer here. `all`: nothing more will come.
  std::vector<Fact> take_ready(const Scene& scene, Uptime now, bool all = false);
  // When to look again, if nothing comes.
  std::optional<Uptime> next() const;

 private:
  struct Held {
    Fact fact;
    Uptime until;
  };

  std::chrono::milliseconds patience_;
  std::map<std::string, Held> held_;  // by key
};

}  // namespace stagegate::audit_writer
