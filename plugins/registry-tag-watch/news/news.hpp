// Looks for new tags, and remembers what has been told.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "common/fs/lock.hpp"
#include "common/step/step.hpp"
#include "plugins/registry-tag-watch/news/decide.hpp"
#include "plugins/registry-tag-watch/news/lookout.hpp"
#include "plugins/registry-tag-watch/news/tell.hpp"
#include "plugins/registry-tag-watch/options.hpp"

namespace stagegate::tag_watch {

using std::chrono::milliseconds;

// One look.
struct Round {
  Decision decision;
  bool baseline = false;                     // the first look of all: what is there is known
  bool listed = false;                       // else the moving tag stood still
  bool more = false;                         // there are more new tags than are told at once
  std::optional<oci::Refusal> trouble = {};  // some tags could not be looked at; they are pending
};

class News {
 public:
  // Fails (usage) for settings that make no sense together and a state that cannot be used, and
  // (unknown) while another process uses the state.
  static Result<News> open(const Options& options, const step::Run& run);

  // Until the deadline (on the clock's uptime) what passes is waited out, unless it concerns a few
  // tags only and lasts; without one all is asked once. Remembers nothing.
  oci::Answer<Round> look(std::optional<milliseconds> deadline);

  // Those that are told of each tag before it is printed.
  Result<std::vector<Tell>> tells() const;

  // What is known from now on. Skipped lists alone are worth no writing to one that runs on.
  enum class Skips { count, are_nothing };
  void keep(State next, Skips skips);
  // Written where something has changed.
  Result<> save();

  // Pending tags, as far as is known.
  std::size_t pending() const { return state_ ? state_->pending.size() : 0; }
  const oci::Repository& anchor() const { return lookout_->anchor(); }
  imageset::Registries& registries() const { return lookout_->registries(); }

 private:
  News(const Options& options, const step::Run& run, TagFilter filter, fs::FileLock lock,
       std::unique_ptr<Lookout> lookout, State empty, std::optional<State> state);
  oci::Answer<std::optional<Listing>> list(const State& before, MovingTag& moving);
  oci::Answer<> look_at(std::span<const Candidate> candidates, std::vector<Finding>& findings,
                        std::optional<milliseconds> deadline);
  std::size_t most_told() const;  // at once
  std::size_t most_pending() const;

  const Options& options_;
  time::Clock& clock_;
  int interrupt_fd_;
  TagFilter filter_;
  fs::FileLock lock_;
  std::unique_ptr<Lookout> lookout_;  // stays where it is: webhooks use its client
  State empty_;
  std::optional<State> state_;
  bool unsaved_ = false;
};

}  // namespace stagegate::tag_watch
