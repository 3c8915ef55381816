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
// Of tags that are told in one round, the images: some kilobytes each until they are told.
constexpr std::size_t kMostTold = 2'000;
// Of tags that are waited for, likewise: a name each, and at most a request at each look.
constexpr std::size_t kMostPending = 10'000;
// For a look that does not wait: far more than one takes, and not for ever.
constexpr milliseconds kForOneLook{15 * 60'000};
// For what the registry fails to answer for some tags while it answers for others.
constexpr milliseconds kForTheRest{20'000};
constexpr std::size_t kNamed = 10;  // in a message

Result<fs::FileLock> lock(const std::string& state_file) {
  auto held = fs::FileLock::acquire(state_file + ".lock", kLockWait);
  if (held) return *std::move(held);
  return unknown(cat("state_file ", state_file, ": another process holds ", state_file,
                     ".lock, or it cannot be made there; two would tell the same tags: give each "
                     "its own state_file"));
}

bool unanswered(const Finding& finding) {
  return finding.state == Finding::State::unanswered;
}

// "b, c and 3 more tags": those without an answer.
std::string unanswered_tags(std::span<const Candidate> candidates,
                            std::span<const Finding> findings) {
  std::string names;
  std::size_t count = 0;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    if (!unanswered(findings[at]) || ++count > kNamed) continue;
    names += cat(count == 1 ? "" : ", ", candidates[at].tag);
  }
  if (count > kNamed) names += cat(" and ", count - kNamed, " more tags");
  return names;
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

std::size_t News::most_told() const {
  return std::max<std::size_t>(kMostTold / lookout_->images().size(), 20);
}

std::size_t News::most_pending() const {
  return std::max<std::size_t>(kMostPending / lookout_->images().size(), 100);
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
  auto listing = lookout_->list(
      before.keys, filter_,
      baseline ? std::nullopt
               : std::optional(room_for_new(before.pending.size(), most_pending(), most_told())));
  if (!listing) return forward(listing.error());
  const auto believed =
      believe(before.keys, *listing, options_.news.accept_loss, lookout_->anchor().text());
  if (!believed) return forward(believed.error());
  // The rest of them has to be listed again.
  if (listing->more) moving.digest.clear();
  return std::optional(*std::move(listing));
}

Answer<> News::look_at(std::span<const Candidate> candidates, std::vector<Finding>& findings,
                       std::optional<milliseconds> deadline) {
  const milliseconds began = clock_.uptime();
  const auto ask = [&]() -> Answer<> {
    auto looked = lookout_->look(candidates, findings, most_told());
    // The tags that are answered for are not kept waiting by one that never is.
    const bool lasts = !looked && looked.error().kind == oci::Refusal::Kind::broken &&
                       clock_.uptime() - began >= kForTheRest &&
                       !std::ranges::all_of(findings, unanswered);
    if (lasts) looked.error().passing = false;
    return looked;
  };
  return deadline ? imageset::persist(clock_, *deadline, ask) : ask();
}

Answer<Round> News::look(std::optional<milliseconds> deadline) {
  lookout_->registries().set_deadline(deadline.value_or(clock_.uptime() + kForOneLook));
  State known = state_.value_or(empty_);
  // Nobody waits any more for what the filter keeps out by now.
  std::erase_if(known.pending,
                [&](const Candidate& one) { return !filter_.lets_through(one.tag); });
  MovingTag moving;
  const auto ask_for_list = [&] { return list(known, moving); };
  auto listing = deadline ? imageset::persist(clock_, *deadline, ask_for_list) : ask_for_list();
  if (!listing) return forward(listing.error());

  const Listing* listed = *listing ? &**listing : nullptr;
  auto open = candidates(known, listed, clock_.now());
  std::vector<Finding> findings;
  const auto looked = look_at(open, findings, deadline);
  if (!looked && is_for_all(looked.error())) return forward(looked.error());

  Round round{{}, !state_ && !options_.news.report_initial, listed != nullptr};
  if (!looked) {
    round.trouble = looked.error();
    round.trouble->failure.message +=
        cat("; not looked at, and asked for again: ", unanswered_tags(open, findings));
  } else {
    round.more = std::ranges::any_of(findings, unanswered);
  }
  if (*listing) {
    known.keys = std::move((*listing)->keys);
    round.more = round.more || (*listing)->more;
  }
  known.moving = std::move(moving);
  round.decision =
      decide(std::move(known), lookout_->images(), std::move(open), std::move(findings),
             clock_.now(), {options_.news.forget_after, most_pending()});
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
  const auto written = write_state(options_.news.state_file, *state_);
  if (!written) {
    return fail(written.error().kind,
                cat("state_file ", options_.news.state_file, ": ", written.error().message,
                    "; what is not remembered is told again by the next run"));
  }
  unsaved_ = false;
  return {};
}

}  // namespace stagegate::tag_watch
