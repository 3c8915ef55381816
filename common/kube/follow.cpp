#include "common/kube/follow.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include "common/http/retry.hpp"
#include "common/log/log.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {
namespace {

using text::cat;

Seen seen_of(Change change) {
  switch (change) {
    case Change::added:
      return Seen::added;
    case Change::deleted:
      return Seen::deleted;
    case Change::modified:
    case Change::bookmark:
      break;
  }
  return Seen::modified;
}

std::string_view version_of(const text::Json& object) {
  const text::Json* metadata = object.find("metadata");
  return metadata == nullptr ? "" : metadata->text("resourceVersion");
}

class Follower {
 public:
  Follower(Api& api, time::Clock& clock, const Resource& resource, std::string_view name_space,
           const Following& following, const Tell& tell)
      : api_(api),
        clock_(clock),
        resource_(resource),
        name_space_(name_space),
        following_(following),
        tell_(tell) {}

  Result<> run() {
    while (true) {
      if (left() <= std::chrono::milliseconds(0)) return give_up_at_deadline();
      const auto begun = clock_.uptime();
      auto asked = since_.empty() ? list() : watch();
      if (over_) return *over_;
      if (asked) {
        hear();
        // A server that ends each watch at once must not be asked in a tight loop.
        const bool at_once = clock_.uptime() - begun < following_.first_pause;
        if (!at_once || !watched_) continue;
      } else if (time::interrupted(clock_)) {
        return {};
      } else if (!may_go_on(asked.error())) {
        return asked;
      }
      if (!pause()) return {};
    }
  }

 private:
  std::chrono::milliseconds left() const {
    if (!following_.deadline) return std::chrono::milliseconds::max();
    return *following_.deadline - clock_.uptime();
  }

  Result<> give_up_at_deadline() const {
    return fail(Failure::Kind::deadline,
                cat("the deadline has passed while ", resource_.plural, " were watched"));
  }

  void hear() {
    pauses_ = 0;
    failing_since_.reset();
  }

  // Keeps what `tell` says when that ends it all.
  Result<http::Flow> told(Seen seen, const text::Json& object) {
    auto flow = tell_(seen, object);
    if (!flow) {
      over_ = Result<>(forward(flow.error()));
    } else if (*flow == http::Flow::enough) {
      over_ = Result<>();
    }
    return flow;
  }

  Result<> list() {
    watched_ = false;
    auto version = api_.list(resource_, name_space_, following_.query, [&](const text::Json& item) {
      const auto flow = told(Seen::listed, item);
      if (!over_) return Result<>();
      // A list has no end but a failure; who asked for one looks at over_ first.
      return flow ? Result<>(unknown("enough")) : Result<>(forward(flow.error()));
    });
    if (!version) return forward(version.error());
    if (version->empty()) return unknown(cat("a list of ", resource_.plural, " without a version"));
    since_ = *std::move(version);
    ever_listed_ = true;
    (void)told(Seen::complete, {});
    return {};
  }

  Result<> watch() {
    watched_ = true;
    const auto longest = std::clamp(std::chrono::ceil<std::chrono::seconds>(left()),
                                    std::chrono::seconds(1), following_.one_watch);
    return api_.watch(resource_, name_space_, following_.query, since_, longest,
                      [&](const Event& event) -> Result<http::Flow> {
                        hear();
                        Result<http::Flow> flow = http::Flow::go_on;
                        if (event.change != Change::bookmark) {
                          flow = told(seen_of(event.change), event.object);
                        }
                        // Only after it has been told: what is lost then comes again.
                        const auto version = version_of(event.object);
                        if (flow && !version.empty()) since_ = version;
                        return flow;
                      });
  }

  bool may_go_on(Failure& failure) {
    if (failure.kind == Failure::Kind::conflict) {
      log::debug(cat(failure.message, ": listing again"));
      since_.clear();
      return true;
    }
    if (failure.kind == Failure::Kind::usage || !ever_listed_) return false;
    // The first may be a mere hiccup; from then on somebody should know.
    const bool first = !failing_since_;
    if (first) failing_since_ = clock_.uptime();
    const auto silence = clock_.uptime() - *failing_since_;
    if (silence > following_.longest_silence) {
      failure.message =
          cat(failure.message, " (and nothing else for ", text::show_duration(silence), ")");
      return false;
    }
    const std::string words = cat(failure.message, ": trying again");
    first ? log::info(words) : log::warning(words);
    return true;
  }

  // False when the program should end.
  bool pause() {
    const http::RetryPolicy policy{.attempts = std::numeric_limits<int>::max(),
                                   .base = following_.first_pause,
                                   .longest = following_.longest_pause};
    ++pauses_;
    http::Outcome cut;
    cut.fault = http::Fault::cut_off;
    const auto bound = http::decide_retry(policy, pauses_, cut, std::nullopt, dice_(random_));
    const auto length =
        std::min(left(), bound.value_or(following_.longest_pause) + following_.first_pause / 4);
    return time::pause(clock_, length);
  }

  Api& api_;
  time::Clock& clock_;
  const Resource& resource_;
  std::string_view name_space_;
  const Following& following_;
  const Tell& tell_;
  std::optional<Result<>> over_;
  std::string since_;
  bool ever_listed_ = false;
  bool watched_ = false;  // the last thing asked was a watch
  std::optional<std::chrono::milliseconds> failing_since_;
  int pauses_ = 0;  // since something was last heard
  std::minstd_rand random_{std::random_device()()};
  std::uniform_real_distribution<double> dice_{0.0, 1.0};
};

}  // namespace

Result<> follow(Api& api, time::Clock& clock, const Resource& resource, std::string_view name_space,
                const Following& following, const Tell& tell) {
  return Follower(api, clock, resource, name_space, following, tell).run();
}

}  // namespace stagegate::kube
