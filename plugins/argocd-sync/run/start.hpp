// From the wish to a sync of ours that Argo CD has taken up, once and not twice.
#pragma once

#include <optional>
#include <string>

#include "plugins/argocd-sync/run/sight.hpp"

namespace stagegate::argocd {

class Start {
 public:
  Start(const Tools& tools, Sight& sight, Wish wish)
      : tools_(tools), sight_(sight), wish_(std::move(wish)) {}

  // Nothing: it has begun. What was changed is in `record` in either case.
  Found run(Ending& record);
  // The operation of somebody else that brings what we wish began then; empty: it is our own.
  const std::string& adopted() const { return adopted_; }

 private:
  Found ask(Ending& record);
  Found busy(const std::string& words);
  Found unanswered(const std::string& words);
  bool adopts();
  bool ours() const;

  const Tools& tools_;
  Sight& sight_;
  Wish wish_;
  std::string adopted_;
  bool begun_ = false;
  bool set_ = false;  // the specification has been what we wish
  int moves_ = 0;
  std::optional<milliseconds> lost_since_;
};

// Whether it is the operation of this run that goes on, or that has succeeded with all of it: then
// a step that is started again waits for it.
bool has_operation_of(const Application& app, const std::string& run);

// What is asked for, in the words of the API.
SyncWish sync_wish(const Options& options, const std::string& run);

}  // namespace stagegate::argocd
