#include "common/imageset/mark.hpp"

#include "common/imageset/verified_tag.hpp"
#include "common/text/text.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {

using text::cat;
using text::Json;

namespace {

Result<imageset::MarkPlan> plan_of(const Options& options, const step::Run& run) {
  auto lock = imageset::read_lock(options.lock_file);
  if (!lock) return forward(lock.error());
  const auto anchor = imageset::find_anchor(*lock, options.anchor, options.registry.registry);
  if (!anchor) return forward(anchor.error());
  std::int64_t epoch = 1;
  if (options.verified_tag.find("{epoch}") != std::string::npos) {
    const auto given = text::parse_int(options.epoch);
    if (!given) {
      return usage(cat("epoch: ", text::quoted(options.epoch),
                       " is no time in seconds since 1970 (by default CI_COMMIT_TIMESTAMP)"));
    }
    epoch = *given;
  }
  const std::string& sha = lock->revision.empty() ? lock->tag : lock->revision;
  auto tag = imageset::verified_tag(options.verified_tag, epoch, sha);
  if (!tag) return forward(tag.error());
  return imageset::MarkPlan{*std::move(lock), *std::move(tag), *anchor,
                            options.on_conflict == OnConflict::replace_unpublished,
                            run.clock.uptime() + options.timeout};
}

}  // namespace

step::Outcome mark(const Options& options, const step::Run& run) {
  const auto plan = plan_of(options, run);
  if (!plan) return step::outcome_of(plan.error());
  auto registries = imageset::Registries::open(options.registry, run.clock, run.interrupt_fd);
  if (!registries) return step::outcome_of(registries.error());
  const auto marked = imageset::mark(*registries, run.clock, *plan);
  if (!marked) return step::outcome_of(marked.error());
  const auto images = plan->lock.images.size();
  Json list{Json::Array{}};
  for (const auto& locked : plan->lock.images) {
    list.push(Json().set("image", locked.image.text()).set("digest", locked.manifest.digest.text));
  }
  return {.text = cat("marked ", images, " images as ", plan->tag, " (", images - marked->stored,
                      " were already)"),
          .json = Json()
                      .set("tag", plan->tag)
                      .set("tested", plan->lock.tag)
                      .set("anchor", plan->lock.images[plan->anchor].image.text())
                      .set("stored", std::uint64_t{marked->stored})
                      .set("requests", registries->requests())
                      .set("images", std::move(list))};
}

}  // namespace stagegate::tag_watch
