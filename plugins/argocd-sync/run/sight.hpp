// One Application as it is seen: read now and then, at once when something happens to it, and with
// patience for whoever does not answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plugins/argocd-sync/run/bell.hpp"
#include "plugins/argocd-sync/run/ending.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

using Found = std::optional<Ending>;  // nothing: it goes on

class Sight {
 public:
  Sight(const Tools& tools, std::string name) : tools_(tools), name_(std::move(name)) {}

  Result<> open();
  Way& way() { return *way_; }
  const std::string& name() const { return name_; }

  // Reads it. An answer that does not come is waited for: for a short time at the beginning, when
  // the address may be wrong, and later for as long as there is time.
  Found read();
  // Asks something else about it, with the same patience.
  Found insist(const std::function<Result<>()>& ask);
  // The last one that was read.
  const Application& app() const { return *app_; }
  bool seen() const { return app_.has_value(); }
  // The last look got no answer.
  bool silent() const { return silent_; }

  // From here on somebody listens.
  void listen();
  // Waits, at most so long, for something to happen.
  Found nap(milliseconds longest);
  // Waits as long as is polite before the next look: longer and longer while nothing changes, and
  // no longer than `longest`.
  Found rest(std::optional<milliseconds> longest);
  // Something has changed: the next look comes soon.
  void stir() { pause_ = milliseconds(0); }

  Ending over(Ending::Kind kind, std::string words) const;
  // A signal ends every request: then that is the ending.
  Ending failed(const Failure& failure) const;
  Ending ended() const;
  Ending late() const;
  milliseconds now() const { return tools_.clock.uptime(); }
  // What it waits for, for the progress and for the message when time is up.
  void say(const std::string& words);

 private:
  Found put_up_with(const Failure& failure);

  const Tools& tools_;
  std::string name_;
  std::unique_ptr<Way> way_;
  std::optional<Application> app_;
  std::unique_ptr<Bell> bell_;
  bool silent_ = false;
  std::optional<milliseconds> failing_since_;
  milliseconds pause_{0};
  std::string awaited_;
};

}  // namespace stagegate::argocd
