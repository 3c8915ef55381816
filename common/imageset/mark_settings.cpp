#include "common/imageset/mark_settings.hpp"

#include "common/imageset/verified_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using text::cat;
using text::Json;

void declare_mark_settings(settings::Table& table, MarkSettings& target,
                           const std::vector<std::string>& verbs,
                           const std::vector<std::string>& others_with_anchor) {
  table.add(target.verified_tag, {.name = "verified_tag",
                                  .help = "The tag of tested images.",
                                  .value = "FORM",
                                  .fallback = std::string(kVerifiedForm),
                                  .verbs = verbs});
  table.add(target.epoch, {.name = "epoch",
                           .help = "{epoch} in it: by what time builds are ordered, in seconds "
                                   "since 1970.",
                           .value = "SECONDS",
                           .ci = {"CI_COMMIT_TIMESTAMP", "CI_PIPELINE_CREATED"},
                           .verbs = verbs});
  std::vector<std::string> with_anchor = verbs;
  with_anchor.insert(with_anchor.end(), others_with_anchor.begin(), others_with_anchor.end());
  table.add(target.anchor, {.name = "anchor",
                            .help = "The repository that Kargo watches. It is marked last, so "
                                    "that no build is seen of which only a part is marked.",
                            .value = "REPOSITORY",
                            .verbs = with_anchor});
  table.add(target.on_conflict,
            {.name = "on_conflict",
             .help = "When the verified tag stands for other bits already: fail, or replace what a "
                     "run has left that never came to mark the anchor.",
             .fallback = "fail",
             .verbs = verbs,
             .choices = {"fail", "replace_unpublished"}});
}

Result<MarkPlan> mark_plan(const MarkSettings& settings, Lock lock,
                           std::string_view default_registry) {
  const auto anchor = find_anchor(lock.repositories(), settings.anchor, default_registry);
  if (!anchor) return forward(anchor.error());
  std::int64_t epoch = 1;
  if (settings.verified_tag.find("{epoch}") != std::string::npos) {
    const auto given = text::parse_int(settings.epoch);
    if (!given) {
      return usage(cat("epoch: ", text::quoted(settings.epoch),
                       " is no time in seconds since 1970 (by default CI_COMMIT_TIMESTAMP)"));
    }
    epoch = *given;
  }
  const std::string& sha = lock.revision.empty() ? lock.tag : lock.revision;
  auto tag = verified_tag(settings.verified_tag, epoch, sha);
  if (!tag) return forward(tag.error());
  return MarkPlan{.lock = std::move(lock),
                  .tag = *std::move(tag),
                  .anchor = *anchor,
                  .replace_unpublished = settings.on_conflict == OnConflict::replace_unpublished};
}

std::string marked_words(const MarkPlan& plan, const Marking& marking) {
  const std::size_t images = plan.lock.images.size();
  return cat("marked ", images, " images as ", plan.tag, " (", images - marking.stored,
             " were already)");
}

Json marked_json(const MarkPlan& plan, const Marking& marking) {
  Json list{Json::Array{}};
  for (const auto& locked : plan.lock.images) {
    list.push(Json().set("image", locked.image.text()).set("digest", locked.manifest.digest.text));
  }
  return Json()
      .set("tag", plan.tag)
      .set("tested", plan.lock.tag)
      .set("anchor", plan.lock.images[plan.anchor].image.text())
      .set("stored", std::uint64_t{marking.stored})
      .set("images", std::move(list));
}

}  // namespace stagegate::imageset
