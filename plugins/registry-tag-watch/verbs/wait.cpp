#include "common/fs/file.hpp"
#include "common/imageset/persist.hpp"
#include "common/step/progress.hpp"
#include "common/text/text.hpp"
#include "plugins/registry-tag-watch/pausing.hpp"
#include "plugins/registry-tag-watch/report.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {
namespace {

using text::cat;

Result<> check_settings(const Options& options) {
  if (options.interval < milliseconds(10)) {
    return usage("interval: at least 10ms: a registry is not asked without a pause");
  }
  if (options.interval_max < options.interval) {
    return usage("interval_max: is less than interval");
  }
  return step::check_heartbeat(options.heartbeat);
}

class Wait {
 public:
  Wait(const Options& options, const step::Run& run, Watcher watcher, imageset::Announcer announcer)
      : options_(options),
        run_(run),
        watcher_(std::move(watcher)),
        announcer_(std::move(announcer)),
        began_(run.clock.uptime()),
        called_(began_),
        progress_(run.terminal, options.heartbeat) {}

  step::Outcome run() {
    imageset::Pace pace(options_.interval, options_.interval_max);
    while (true) {
      ++looks_;
      if (auto looked = watcher_.look(roll_call_is_due()); !looked) return failed(looked.error());
      if (watcher_.roll().complete()) return complete();
      const milliseconds length = pace.next(watcher_.asked_pause());
      if (run_.clock.uptime() + length >= deadline()) return late();
      if (!sleep(length)) return interrupted();
    }
  }

 private:
  milliseconds waited() const { return run_.clock.uptime() - began_; }
  milliseconds deadline() const { return began_ + options_.timeout; }

  bool roll_call_is_due() {
    const milliseconds now = run_.clock.uptime();
    if (options_.roll_call.count() == 0 || now - called_ < options_.roll_call) return false;
    called_ = now;
    return true;
  }

  bool sleep(milliseconds length) {
    return pause_showing(run_.clock, progress_, run_.clock.uptime() + length,
                         awaited(watcher_.images(), watcher_.roll()), [this](milliseconds now) {
                           return cat("gives up in ", spoken(deadline() - now));
                         });
  }

  step::Outcome answer(const std::vector<std::string>& hints) {
    progress_.end();
    step::Outcome outcome;
    outcome.text = table(watcher_.images(), watcher_.roll(), hints);
    outcome.json = report_json(options_.tag.text, watcher_.images(), watcher_.roll(), hints);
    outcome.json.set("polls", looks_)
        .set("requests", watcher_.registries().requests())
        .set("token_requests", watcher_.registries().token_requests())
        .set("retries", watcher_.retries())
        .set("waited_ms", std::int64_t{waited().count()});
    return outcome;
  }

  step::Outcome complete() {
    const auto lock = watcher_.lock(options_, run_.clock.now());
    if (!options_.lock_file.empty()) {
      if (auto written = imageset::write_lock(options_.lock_file, lock); !written) {
        return failed(written.error());
      }
    }
    if (!options_.env_file.empty()) {
      const auto written =
          fs::replace_file(options_.env_file, "REGISTRY_TAG_WATCH_ALL_PRESENT=true\n");
      if (!written) return failed(written.error());
    }
    step::Outcome outcome = answer({});
    outcome.text = cat("all ", watcher_.images().size(), " images of ", options_.tag.text,
                       " are there, after ", spoken(waited()), "\n", outcome.text);
    if (!options_.lock_file.empty()) outcome.json.set("lock_file", options_.lock_file);
    add_announcement(outcome,
                     announcer_.announce({.event = "images-ready", .lock = lock}, deadline()));
    return outcome;
  }

  // Nobody can wait past the deadline for another look: what is missing is told now, with the one
  // question more that says why.
  step::Outcome late() {
    if (!sleep(deadline() - run_.clock.uptime())) return interrupted();
    run_until_all_asked();
    if (watcher_.roll().complete()) return complete();
    progress_.end();
    const auto hints = diagnose(watcher_, options_.tag.text, run_.clock);
    step::Outcome outcome = answer(hints);
    const auto missing = watcher_.roll().missing().size();
    // Whether they are there is not known where the registry does not answer.
    outcome.exit = watcher_.roll().any_trouble() ? step::Exit::unknown : step::Exit::deadline;
    outcome.text =
        cat(missing, " of ", watcher_.images().size(), " images of ", options_.tag.text,
            " are not there after ", spoken(options_.timeout), " (timeout)\n", outcome.text);
    return outcome;
  }

  // A last look at all of them, to name what is missing.
  void run_until_all_asked() {
    watcher_.registries().set_deadline(run_.clock.uptime() + kForDiagnosis);
    ++looks_;
    // What it finds out is a help only: a failure leaves what was known before.
    static_cast<void>(watcher_.look(true));
  }

  step::Outcome interrupted() {
    step::Outcome outcome = answer({});
    outcome.exit = step::Exit::terminated;
    outcome.text = cat("ended by a signal\n", outcome.text);
    return outcome;
  }

  step::Outcome failed(const Failure& failure) {
    progress_.end();
    return step::outcome_of(failure);
  }

  const Options& options_;
  const step::Run& run_;
  Watcher watcher_;
  imageset::Announcer announcer_;
  milliseconds began_;
  milliseconds called_;  // the last roll call
  std::int64_t looks_ = 0;
  step::Progress progress_;
};

}  // namespace

step::Outcome wait(const Options& options, const step::Run& run) {
  if (auto good = check_settings(options); !good) return step::outcome_of(good.error());
  auto watcher = Watcher::open(options, run.clock, run.interrupt_fd);
  if (!watcher) return step::outcome_of(watcher.error());
  const imageset::Subject subject{options.tag.text, options.revision, watcher->images()};
  auto announcer = imageset::Announcer::open(options.announce, options.registry, subject, run.clock,
                                             run.interrupt_fd);
  if (!announcer) return step::outcome_of(announcer.error());
  return Wait(options, run, *std::move(watcher), *std::move(announcer)).run();
}

}  // namespace stagegate::tag_watch
