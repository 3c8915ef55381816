#include "plugins/argocd-sync/run/deployment.hpp"

#include <algorithm>
#include <memory>

#include "common/log/log.hpp"
#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/canary.hpp"
#include "plugins/argocd-sync/run/evidence.hpp"
#include "plugins/argocd-sync/run/sight.hpp"
#include "plugins/argocd-sync/run/start.hpp"
#include "plugins/argocd-sync/run/tag_file.hpp"
#include "plugins/argocd-sync/run/watch.hpp"
#include "plugins/argocd-sync/run/windows.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Kind = Ending::Kind;

// After time is up or a signal has come, for ending our sync.
constexpr milliseconds kForCleaningUp{4'000};

class Deployment {
 public:
  Deployment(const Tools& tools, const std::string& app, const std::string& tag)
      : tools_(tools), options_(tools.options), sight_(tools, app) {
    wish_.carrier = tools.syncs ? options_.carrier : Carrier::none;
    wish_.tag = tag;
    wish_.parameters = options_.parameters;
    wish_.kustomize_images = options_.kustomize_images;
    wish_.source = options_.source;
  }

  Ending run() {
    const milliseconds began = sight_.now();
    Ending ending = outcome();
    ending.changed = record_.changed;
    ending.before = record_.before;
    ending.commit = record_.commit;
    ending.started = record_.started;
    ending.adopted = record_.adopted;
    ending.took = sight_.now() - began;
    if (sight_.seen()) ending.app = sight_.app();
    clean_up(ending);
    if (!sight_.silent()) add_evidence(tools_, ending);
    return ending;
  }

 private:
  Ending outcome() {
    if (auto opened = sight_.open(); !opened) return sight_.failed(opened.error());
    if (auto ending = sight_.read()) return *std::move(ending);
    if (auto ending = inspect()) return *std::move(ending);
    std::string adopted;
    if (tools_.syncs) {
      if (has_operation_of(sight_.app(), tools_.run)) {
        log::info(cat(sight_.name(), ": finds its own sync, and goes on waiting for it"));
        record_.started = true;
      } else {
        if (auto ending = prepare()) return *std::move(ending);
      }
      // A step that is started again finds its commit as it finds its sync.
      if (auto ending = write_back()) return *std::move(ending);
      if (!record_.started) {
        Start start(tools_, sight_, wish_);
        if (auto ending = start.run(record_)) return *std::move(ending);
        adopted = start.adopted();
      }
    }
    return Watch(tools_, sight_, goal(), adopted, source()).run();
  }

  // What makes all that follows pointless.
  Found inspect() {
    const Application& app = sight_.app();
    if (app.deleting) return sight_.over(Kind::gone, "the Application is being deleted");
    if (!options_.project.empty() && app.project != options_.project) {
      return sight_.over(Kind::misused, cat("project: the Application is in the project ",
                                            app.project, ", not in ", options_.project));
    }
    if (app.skips_reconcile) {
      return sight_.over(Kind::failed,
                         "Argo CD does not look at it: it has the annotation "
                         "argocd.argoproj.io/skip-reconcile");
    }
    const std::size_t sources = app.sources.size();
    const std::size_t revisions = options_.revisions.size();
    if (revisions != 0 && revisions != sources) {
      return sight_.over(
          Kind::misused,
          cat("revisions: the Application has ", sources, sources == 1 ? " source" : " sources",
              " and there are ", revisions, " revisions: give one for each"));
    }
    const auto edit = edit_of(wish_, app);
    if (!edit) return sight_.failed(edit.error());
    if (!app.managed_by.empty() && !edit->patch.empty()) {
      log::warning(cat(app.name, ": ", app.managed_by,
                       " manages it and may put the tag back: set it in Git (carrier: git)"));
    }
    return std::nullopt;
  }

  Found prepare() {
    const Application& app = sight_.app();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.timeout);
    WindowSight windows;
    const auto look = [&]() -> Result<> {
      auto seen = see_windows(sight_.way(), app, tools_.clock.now(), seconds);
      if (!seen) return forward(seen.error());
      windows = *std::move(seen);
      return {};
    };
    if (auto ending = sight_.insist(look)) return ending;
    if (!windows.blocked.empty()) return sight_.over(Kind::blocked, windows.blocked);
    if (!windows.warning.empty()) log::warning(cat(app.name, ": ", windows.warning));
    const bool changes = wish_.carrier == Carrier::helm || wish_.carrier == Carrier::kustomize;
    const auto may = [&] { return sight_.way().preflight(app, changes); };
    if (auto ending = sight_.insist(may)) return ending;
    const auto slow = too_slow_for(options_.timeout, sight_.way(), app);
    if (!slow.empty()) log::warning(cat(app.name, ": ", slow));
    return std::nullopt;
  }

  Found write_back() {
    if (wish_.carrier != Carrier::git) return std::nullopt;
    const auto place = source_place(wish_, sight_.app());
    if (!place) return sight_.failed(place.error());
    source_ = *place;
    auto file = TagFile::open(tools_, sight_.name());
    if (!file) return sight_.failed(file.error());
    file_ = *std::move(file);
    sight_.say("for the write-back to Git");
    if (record_.started) {
      // It was there when our sync was asked for: who is told that it is not any more has somebody
      // else to thank, and writes nothing over what is theirs.
      const auto there = file_->holds(wish_.tag, {});
      if (there && !*there) {
        return sight_.over(Kind::reverted, "the file in Git does not hold the tag any more");
      }
    }
    const auto written = file_->set(wish_.tag);
    if (!written) {
      if (auto ending = sight_.nap(milliseconds(0))) return ending;
      return sight_.failed(written.error());
    }
    log::info(cat(sight_.name(), ": ", written->words));
    record_.commit = written->commit;
    if (!written->changed) return std::nullopt;
    // Several keys may have had several tags.
    if (settings::is_image_tag(written->old_tag)) record_.before = written->old_tag;
    record_.changed = {written->words};
    return std::nullopt;
  }

  // The branch moves on; what counts is whether the file has the tag there, too.
  Watch::Source source() {
    if (!file_) return {};
    return {
        .holds = [this](const std::string& revision) { return file_->holds(wish_.tag, revision); },
        .replaced = [this] { return file_->replaced(wish_.tag); }};
  }

  std::vector<std::string> wanted_revisions() const {
    auto revisions = options_.revisions;
    if (!file_) return revisions;
    revisions.resize(std::max(revisions.size(), source_ + 1));
    revisions[source_] = record_.commit.empty() ? "with the tag" : record_.commit;
    return revisions;
  }

  Goal goal() const {
    Goal goal;
    if (tools_.syncs) goal.run = tools_.run;
    goal.revisions = wanted_revisions();
    goal.leftovers = options_.allow_leftovers;
    goal.exclusive = options_.exclusive_images;
    for (const std::string& image : options_.expect_images) {
      const bool pinned = is_pinned(image);
      if (pinned && !tools_.takes_back.empty()) continue;  // that is said of the new version
      goal.images.push_back(pinned ? image : cat(image, ":", wish_.tag));
    }
    if (options_.expect_images.empty()) goal.images = expected_images(wish_, sight_.app().sources);
    if (wish_.carrier != Carrier::none && wish_.carrier != Carrier::git) {
      goal.reverted = [wish = wish_](const Application& app) {
        std::string words = missing_in(wish, app.sources);
        if (words.empty() || app.last_hand.empty()) return words;
        return cat(words, " (changed by ", app.last_hand, ")");
      };
    }
    return goal;
  }

  // Our sync must not go on where nobody waits for it any more, if that is the wish, and never when
  // it would begin by itself as soon as a sync window opens.
  void clean_up(Ending& ending) {
    const bool late = ending.kind == Kind::timeout || ending.kind == Kind::interrupted;
    // The way back is free only when it has ended.
    const bool in_the_way = ending.kind == Kind::timeout && options_.rollback_on_failure &&
                            tools_.takes_back.empty() && !ending.before.empty();
    const bool ends = ending.kind == Kind::blocked || in_the_way ||
                      (late && options_.on_timeout == OnTimeout::terminate);
    if (!ends || !ending.started) return;
    auto way = tools_.make_way(-1);
    if (!way) return;
    (*way)->set_deadline(sight_.now() + kForCleaningUp);
    const auto app = (*way)->read(sight_.name());
    if (!app) return not_terminated(ending, app.error());
    if (!goes_on(*app)) return;
    if (auto done = (*way)->terminate(*app); !done) return not_terminated(ending, done.error());
    ending.terminated = true;
    ending.words += "; our sync was terminated";
  }

  // Our sync runs, or is to begin.
  bool goes_on(const Application& app) const {
    if (!app.state) return app.operation && app.operation->run == tools_.run;
    return app.state->operation.run == tools_.run && app.state->phase == Phase::running;
  }

  void not_terminated(Ending& ending, const Failure& failure) const {
    log::warning(cat(sight_.name(), ": our sync was not terminated: ", failure.message));
    ending.words += "; our sync could not be terminated";
  }

  const Tools& tools_;
  const Options& options_;
  Sight sight_;
  Wish wish_;
  std::unique_ptr<TagFile> file_;  // of the write-back
  std::size_t source_ = 0;         // whose revision has it
  Ending record_;                  // what was done, whatever comes of it
};

}  // namespace

Ending deploy(const Tools& tools, const std::string& app, const std::string& tag) {
  return Deployment(tools, app, tag).run();
}

}  // namespace stagegate::argocd
