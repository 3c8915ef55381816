#include "plugins/argocd-sync/run/sight.hpp"

#include <algorithm>
#include <system_error>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;

// A server that does not answer at the very beginning may have another address.
constexpr milliseconds kPatienceAtFirst{30'000};
// However often it rings, nobody looks more often.
constexpr milliseconds kShortest{500};
// A request that takes longer than this is what is waited for.
constexpr milliseconds kSlow{2'000};

std::uint64_t version_of(const Application& app) {
  return text::parse_count(app.resource_version).value_or(0);
}

}  // namespace

Result<> Sight::open() {
  auto way = tools_.make_way(tools_.interrupt_fd);
  if (!way) return forward(way.error());
  way_ = *std::move(way);
  way_->set_deadline(tools_.deadline);
  return {};
}

Found Sight::read() {
  while (true) {
    const milliseconds asked = now();
    auto app = way_->read(name_);
    if (app) {
      failing_since_.reset();
      silent_ = false;
      // Whatever is older than what was seen already says nothing new.
      if (app_ && version_of(*app) < version_of(*app_)) return std::nullopt;
      if (!app_ || app->resource_version != app_->resource_version) stir();
      app_ = *std::move(app);
      return std::nullopt;
    }
    if (now() - asked > kSlow) awaited_ = "for an answer of Argo CD";
    if (auto ending = put_up_with(app.error())) return ending;
  }
}

Found Sight::insist(const std::function<Result<>()>& ask) {
  while (true) {
    const auto done = ask();
    if (done) {
      failing_since_.reset();
      silent_ = false;
      return std::nullopt;
    }
    if (auto ending = put_up_with(done.error())) return ending;
  }
}

Found Sight::put_up_with(const Failure& failure) {
  silent_ = true;
  // Whoever was never heard of may not be there at all.
  if (failure.kind == Failure::Kind::deadline && !app_) {
    return over(Ending::Kind::unknown, failure.message);
  }
  if (failure.kind == Failure::Kind::deadline) return late();
  if (!failure.passing) return failed(failure);
  if (!failing_since_) {
    failing_since_ = now();
    log::warning(cat(name_, ": ", failure.message, "; trying again"));
  }
  if (!app_ && now() - *failing_since_ >= kPatienceAtFirst) return failed(failure);
  awaited_ = cat("for an answer: ", failure.message);
  auto ending = rest(std::nullopt);
  if (ending && ending->kind == Ending::Kind::timeout && !app_) return failed(failure);
  return ending;
}

void Sight::listen() {
  if (bell_) return;
  try {
    bell_ = std::make_unique<Bell>(tools_.make_way, *app_, tools_.interrupt_fd);
  } catch (const std::system_error& error) {
    log::info(cat(name_, ": nobody listens: ", error.what()));  // the looking goes on
  }
}

Found Sight::nap(milliseconds longest) {
  const milliseconds left = tools_.deadline - now();
  const milliseconds length = std::clamp(longest, milliseconds(0), std::max(left, milliseconds(0)));
  bool interrupted = false;
  if (bell_) {
    const milliseconds begun = now();
    const auto heard = bell_->wait(length);
    interrupted = heard == Bell::Heard::interrupt;
    if (heard == Bell::Heard::change) {
      stir();
      const milliseconds early = std::min(kShortest, length) - (now() - begun);
      interrupted = early.count() > 0 && !time::pause(tools_.clock, early);
    }
  } else {
    interrupted = !time::pause(tools_.clock, length);
  }
  if (interrupted) return ended();
  if (now() < tools_.deadline) return std::nullopt;
  return late();
}

Ending Sight::ended() const {
  return over(Ending::Kind::interrupted, "a signal has ended the step");
}

Ending Sight::late() const {
  return over(Ending::Kind::timeout,
              awaited_.empty() ? "time is up" : cat("time is up; it waited ", awaited_));
}

Found Sight::rest(std::optional<milliseconds> longest) {
  const WatchSettings& settings = tools_.options.watch;
  const milliseconds most = settings.poll_max * (bell_ && bell_->stands() ? 2 : 1);
  pause_ = std::clamp(pause_ + pause_ / 2, settings.poll_min, most);
  return nap(std::min(pause_, longest.value_or(pause_)));
}

Ending Sight::over(Ending::Kind kind, std::string words) const {
  Ending ending;
  ending.kind = kind;
  ending.words = std::move(words);
  return ending;
}

Ending Sight::failed(const Failure& failure) const {
  if (time::interrupted(tools_.clock)) return ended();
  switch (failure.kind) {
    case Failure::Kind::deadline:
      return over(Ending::Kind::timeout, failure.message);
    case Failure::Kind::refused:
      return over(Ending::Kind::failed, failure.message);
    case Failure::Kind::conflict:
      return over(Ending::Kind::superseded, failure.message);
    case Failure::Kind::usage:
      return over(Ending::Kind::misused, failure.message);
    case Failure::Kind::unknown:
      break;
  }
  return over(Ending::Kind::unknown, failure.message);
}

void Sight::say(const std::string& words) {
  if (words != awaited_) stir();
  awaited_ = words;
  tools_.say(name_, words);
}

}  // namespace stagegate::argocd
