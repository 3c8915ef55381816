#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "common/imageset/persist.hpp"
#include "common/log/log.hpp"
#include "common/step/progress.hpp"
#include "common/text/text.hpp"
#include "plugins/registry-tag-watch/news/report.hpp"
#include "plugins/registry-tag-watch/pausing.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {
namespace {

using oci::Refusal;
using text::cat;

constexpr milliseconds kLongestPause{10 * 60'000};  // in trouble

Result<> check_settings(const Options& options) {
  if (options.news.every < milliseconds(10)) {
    return usage("every: at least 10ms: a registry is not asked without a pause");
  }
  return step::check_heartbeat(options.heartbeat);
}

// What waiting can mend: a registry that is down, a repository that is still to be made, the page
// of a proxy in front of it. No login, right or certificate comes by waiting.
bool may_mend(const Refusal& refusal) {
  return refusal.passing || refusal.kind == Refusal::Kind::absent ||
         refusal.kind == Refusal::Kind::strange;
}

class Watch {
 public:
  Watch(const Options& options, const step::Run& run, News& news, std::vector<Tell> tells)
      : options_(options),
        run_(run),
        news_(news),
        tells_(std::move(tells)),
        began_(run.clock.uptime()),
        usual_(pace(options.news.every)),
        progress_(run.terminal, options.heartbeat) {}

  step::Outcome run() {
    while (true) {
      if (auto looked = look(); !looked) return ended(looked.error());
      if (time::interrupted(run_.clock)) return interrupted();
      if (left_to_tell() == 0 || is_over(run_.clock.uptime())) return done();
      if (more_) {
        show_that_more_follow();
        continue;
      }
      if (!sleep()) return interrupted();
      if (is_over(run_.clock.uptime())) return done();
    }
  }

 private:
  static imageset::Pace pace(milliseconds longest) { return imageset::Pace(longest, longest); }

  // Fails with what no waiting can mend.
  Result<> look() {
    asked_pause_.reset();
    more_ = false;
    auto round = news_.look({});
    if (!round) {
      const Refusal& refusal = round.error();
      // Whatever was cut short by a signal is no trouble.
      if (time::interrupted(run_.clock)) return {};
      if (!may_mend(refusal)) return forward(refusal.failure);
      note_trouble(refusal.failure.message, oci::short_words(refusal), refusal.retry_after);
      return {};
    }
    progress_.end();
    warn_of(*round);
    warn_of_new_doubts(round->decision.no_images);
    Told told = tell_all(round->decision, tells_, left_to_tell());
    told_ += told.tags.size();
    news_.keep(std::move(round->decision.next), News::Skips::are_nothing);
    const auto saved = news_.save();
    note(*round, told, saved);
    more_ = round->more && !told.tags.empty() && trouble_.empty();
    return {};
  }

  // Each is said once, as long as it stays so.
  void warn_of_new_doubts(const std::vector<Doubt>& no_images) {
    std::set<std::string> now;
    std::vector<Doubt> unsaid;
    for (const Doubt& one : no_images) {
      if (!named_.contains(one.candidate.tag)) unsaid.push_back(one);
      now.insert(one.candidate.tag);
    }
    named_ = std::move(now);
    warn_of_no_images(unsaid);
  }

  void note(const Round& round, const Told& told, const Result<>& saved) {
    if (time::interrupted(run_.clock)) return;
    if (!saved) {
      note_trouble(saved.error().message, "state not written", {});
    } else if (told.failure) {
      note_trouble(told.failure->message, "a tag could not be told", {});
      if (told.failure->kind == Failure::Kind::refused) in_trouble_.reset();
    } else if (round.trouble) {
      const Refusal& refusal = *round.trouble;
      note_trouble(refusal.failure.message, oci::short_words(refusal), refusal.retry_after);
      // Whoever answers, if not for these tags, is asked for the others as often as ever.
      const bool answers =
          refusal.kind != Refusal::Kind::busy && refusal.kind != Refusal::Kind::unreachable;
      if (answers) in_trouble_.reset();
    } else if (!std::exchange(trouble_, {}).empty()) {
      in_trouble_.reset();
      log::info("all is well again");
    }
  }

  // Said once, as long as it is the same.
  void note_trouble(const std::string& message, std::string words,
                    std::optional<milliseconds> asked_pause) {
    if (words != trouble_) {
      progress_.end();
      log::warning(message);
    }
    trouble_ = std::move(words);
    asked_pause_ = asked_pause;
    if (!in_trouble_) {
      const milliseconds every = options_.news.every;
      in_trouble_.emplace(every, std::max(every, kLongestPause));
    }
  }

  std::size_t left_to_tell() const {
    const auto count = static_cast<std::uint64_t>(options_.news.count);
    return count == 0 ? std::numeric_limits<std::size_t>::max() : count - told_;
  }

  std::optional<milliseconds> end() const {
    if (options_.news.watch_for.count() == 0) return std::nullopt;
    return began_ + options_.news.watch_for;
  }
  bool is_over(milliseconds uptime) const { return end() && uptime >= *end(); }

  bool sleep() {
    const milliseconds length =
        in_trouble_ ? in_trouble_->next(asked_pause_) : usual_.next(asked_pause_);
    milliseconds until = run_.clock.uptime() + length;
    if (end()) until = std::min(until, *end());
    return pause_showing(run_.clock, progress_, until, state(), [until](milliseconds now) {
      return cat("looks again in ", spoken(until - now));
    });
  }

  void show_that_more_follow() { progress_.show(state(), "more are there", run_.clock.uptime()); }

  std::string state() const {
    std::string words = cat("watching ", news_.anchor().text(), ": ", told_, " told");
    const std::size_t pending = news_.pending();
    if (pending > 0) words += cat(", ", pending, " not complete or not told");
    if (!trouble_.empty()) words += cat(" (", trouble_, ")");
    return words;
  }

  step::Outcome answer(step::Exit exit) {
    progress_.end();
    step::Outcome outcome{.exit = exit, .text = {}};
    outcome.json.set("anchor", news_.anchor().text())
        .set("told", std::uint64_t{told_})
        .set("requests", news_.registries().requests());
    if (!trouble_.empty()) outcome.json.set("trouble", trouble_);
    return outcome;
  }

  step::Outcome done() {
    // What is not written would be told again.
    if (const auto saved = news_.save(); !saved) return ended(saved.error());
    if (left_to_tell() == 0) return answer(step::Exit::done);
    // Nobody knows what was new while the registry did not answer.
    if (!trouble_.empty()) return answer(step::Exit::unknown);
    return answer(options_.news.count == 0 ? step::Exit::done : step::Exit::deadline);
  }

  step::Outcome interrupted() {
    if (const auto saved = news_.save(); !saved) log::error(saved.error().message);
    return answer(step::Exit::terminated);
  }

  step::Outcome ended(const Failure& failure) {
    progress_.end();
    return step::outcome_of(failure);
  }

  const Options& options_;
  const step::Run& run_;
  News& news_;
  std::vector<Tell> tells_;
  milliseconds began_;
  std::size_t told_ = 0;
  imageset::Pace usual_;
  std::optional<imageset::Pace> in_trouble_;
  bool more_ = false;            // new tags than were told at once
  std::string trouble_;          // empty: none
  std::set<std::string> named_;  // tags of which it was said that they are no images
  std::optional<milliseconds> asked_pause_;
  step::Progress progress_;
};

}  // namespace

step::Outcome watch(const Options& options, const step::Run& run) {
  if (auto good = check_settings(options); !good) return step::outcome_of(good.error());
  auto news = News::open(options, run);
  if (!news) return step::outcome_of(news.error());
  auto tells = news->tells();
  if (!tells) return step::outcome_of(tells.error());
  tells->push_back(printer(run.output == "json"));
  return Watch(options, run, *news, *std::move(tells)).run();
}

}  // namespace stagegate::tag_watch
