#include "plugins/registry-tag-watch/news/news.hpp"

#include <algorithm>

#include "common/imageset/mark.hpp"
#include "common/imageset/persist.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using oci::Answer;
using text::cat;

namespace {

constexpr milliseconds kLockWait{2'000};
// Of images that are looked at in one round: their answers are held in memory.
constexpr std::size_t kMostImages = 10'000;
// For a look that does not wait: far more than one takes, and not for ever.
constexpr milliseconds kForOneLook{15 * 60'000};

Result<fs::FileLock> lock(const std::string& state_file) {
  auto held = fs::FileLock::acquire(state_file + ".lock", kLockWait);
  if (held) return *std::move(held);
  return unknown(cat("state_file ", state_file, ": another process holds ", state_file,
                     ".lock, or it cannot be made there; two would tell the same tags: give each "
                     "its own state_file"));
}

}  // namespace

News::News(const Options& options, const step::Run& run, TagFilter filter, fs::FileLock lock,
           std::unique_ptr<Lookout> lookout, State empty, std::optional<State> state)
    : options_(options),
      clock_(run.clock),
      interrupt_fd_(run.interrupt_fd),
      filter_(std::move(filter)),
      lock_(std::move(lock)),
      lookout_(std::move(lookout)),
      empty_(std::move(empty)),
      state_(std::move(state)) {}

Result<News> News::open(const Options& options, const step::Run& run) {
  auto filter = TagFilter::of(options.news.include, options.news.exclude);
  if (!filter) return forward(filter.error());
  auto images = imageset::images_of(options.images, options.registry.registry);
  if (!images) return forward(images.error());
  const auto anchor =
      imageset::find_anchor(*images, options.mark.anchor, options.registry.registry);
  if (!anchor) return forward(anchor.error());
  auto registries = imageset::Registries::open(options.registry, run.clock, run.interrupt_fd);
  if (!registries) return forward(registries.error());
  auto held = lock(options.news.state_file);
  if (!held) return forward(held.error());
  State empty = empty_state(*images, *anchor);
  auto state = read_state(options.news.state_file, empty);
  if (!state) return forward(state.error());
  return News(options, run, *std::move(filter), *std::move(held),
              std::make_unique<Lookout>(*std::move(images), *anchor, *std::move(registries)),
              std::move(empty), *std::move(state));
}

std::size_t News::most_at_once() const {
  return std::max<std::size_t>(kMostImages / lookout_->images().size(), 100);
}

// The list, unless the moving tag says that it is the same. `moving` becomes what is remembered.
Answer<std::optional<Listing>> News::list(const State& before, MovingTag& moving) {
  moving = {};
  if (const std::string& tag = options_.news.moving_tag.text; !tag.empty()) {
    // Looked at before the list is read: what moves in between is seen the next time.
    auto now = lookout_->moving(tag);
    if (!now) return forward(now.error());
    moving = *std::move(now);
    if (state_ && !list_is_due(before, moving)) {
      moving.lists_skipped = before.moving.lists_skipped + 1;
      return std::nullopt;
    }
  }
  const bool baseline = !state_ && !options_.news.report_initial;
  auto listing = lookout_->list(before.keys, filter_, baseline ? 0 : most_at_once());
  if (!listing) return forward(listing.error());
  const auto believed =
      believe(before.keys, *listing, options_.news.accept_loss, lookout_->anchor().text());
  if (!believed) return forward(believed.error());
  // The rest of them has to be listed again.
  if (listing->more) moving.digest.clear();
  return std::optional(*std::move(listing));
}

Answer<Round> News::look(std::optional<milliseconds> deadline) {
  lookout_->registries().set_deadline(deadline.value_or(clock_.uptime() + kForOneLook));
  const auto patiently = [&](const auto& ask) {
    return deadline ? imageset::persist(clock_, *deadline, ask) : ask();
  };
  State known = state_.value_or(empty_);
  MovingTag moving;
  auto listing = patiently([&] { return list(known, moving); });
  if (!listing) return forward(listing.error());

  const Listing* listed = *listing ? &**listing : nullptr;
  auto open = candidates(known, listed, clock_.now());
  std::vector<Finding> findings;
  const auto looked = patiently([&] { return lookout_->look(open, findings); });
  if (!looked && !looked.error().passing) return forward(looked.error());

  Round round{{}, !state_ && !options_.news.report_initial, listed != nullptr};
  if (!looked) round.trouble = looked.error();
  if (*listing) {
    known.keys = std::move((*listing)->keys);
    round.more = (*listing)->more;
  }
  known.moving = std::move(moving);
  round.decision =
      decide(std::move(known), lookout_->images(), std::move(open), std::move(findings),
             clock_.now(), {options_.news.forget_after, most_at_once()});
  return round;
}

Result<std::vector<Tell>> News::tells() const {
  std::vector<Tell> all;
  if (!options_.news.webhook_url.empty()) {
    auto tell = webhook(options_.news.webhook_url, options_.registry.request_timeout,
                        registries().client(), clock_);
    if (!tell) return forward(tell.error());
    all.push_back(*std::move(tell));
  }
  auto told =
      kargo(options_.announce, options_.registry, lookout_->images(), clock_, interrupt_fd_);
  if (!told) return forward(told.error());
  if (*told) all.push_back(**std::move(told));
  return all;
}

void News::keep(State next, Skips skips) {
  if (skips == Skips::are_nothing && state_) {
    state_->moving.lists_skipped = next.moving.lists_skipped;
  }
  if (!state_ || *state_ != next) unsaved_ = true;
  state_ = std::move(next);
}

Result<> News::save() {
  if (!unsaved_) return {};
  auto written = write_state(options_.news.state_file, *state_);
  if (written) unsaved_ = false;
  return written;
}

}  // namespace stagegate::tag_watch
