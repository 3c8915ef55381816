#include "common/imageset/mark.hpp"

#include "common/imageset/mark_settings.hpp"
#include "plugins/registry-tag-watch/report.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {

step::Outcome mark(const Options& options, const step::Run& run) {
  auto lock = imageset::read_lock(options.lock_file);
  if (!lock) return step::outcome_of(lock.error());
  const imageset::Subject subject{lock->tag, lock->revision, lock->repositories()};
  auto announcer = imageset::Announcer::open(options.announce, options.registry, subject, run.clock,
                                             run.interrupt_fd);
  if (!announcer) return step::outcome_of(announcer.error());
  auto plan = imageset::mark_plan(options.mark, *std::move(lock), options.registry.registry);
  if (!plan) return step::outcome_of(plan.error());
  plan->deadline = run.clock.uptime() + options.timeout;
  auto registries = imageset::Registries::open(options.registry, run.clock, run.interrupt_fd);
  if (!registries) return step::outcome_of(registries.error());
  const auto marked = imageset::mark(*registries, run.clock, *plan);
  if (!marked) return step::outcome_of(marked.error());
  step::Outcome outcome{.text = imageset::marked_words(*plan, *marked),
                        .json = imageset::marked_json(*plan, *marked)};
  outcome.json.set("requests", registries->requests());
  add_announcement(outcome,
                   announcer->announce(
                       {.event = "images-verified", .lock = plan->lock, .verified_tag = plan->tag},
                       plan->deadline));
  return outcome;
}

}  // namespace stagegate::tag_watch
