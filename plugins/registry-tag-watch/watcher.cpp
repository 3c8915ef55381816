#include "plugins/registry-tag-watch/watcher.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using oci::Answer;
using oci::Descriptor;
using oci::Refusal;
using text::cat;

Watcher::Watcher(std::vector<oci::Repository> images, std::vector<Demand> demands, std::string tag,
                 imageset::Registries registries)
    : images_(std::move(images)),
      demands_(std::move(demands)),
      tag_(std::move(tag)),
      registries_(std::move(registries)),
      roll_(images_.size()) {}

Result<Watcher> Watcher::open(const Options& options, time::Clock& clock, int interrupt_fd) {
  auto images = imageset::images_of(options.images, options.registry.registry);
  if (!images) return forward(images.error());
  auto demands = demands_of(options, *images);
  if (!demands) return forward(demands.error());
  auto registries = imageset::Registries::open(options.registry, clock, interrupt_fd);
  if (!registries) return forward(registries.error());
  registries->set_deadline(clock.uptime() + options.timeout);
  return Watcher(*std::move(images), *std::move(demands), options.tag.text, *std::move(registries));
}

Result<Sight> Watcher::sight_of(std::size_t image, const Answer<Descriptor>& answer) {
  Sight sight;
  if (answer) {
    sight.manifest = *answer;
    auto registry = registries_.of(images_[image]);
    if (!registry) return forward(registry.error());
    const auto why = unfit(**registry, images_[image], *answer, demands_[image]);
    if (why) {
      sight.state = why->empty() ? Sight::State::present : Sight::State::unfit;
      sight.status = "200";
      sight.why = *why;
      return sight;
    }
    // It was there a moment ago: deleted, or one of two registries is behind the other.
    return sight_of(image, forward(why.error()));
  }
  const Refusal& refusal = answer.error();
  sight.status = oci::short_words(refusal);
  if (refusal.kind == Refusal::Kind::absent) {
    sight.state = Sight::State::missing;
    return sight;
  }
  if (!refusal.passing) return forward(refusal.failure);
  sight.state = Sight::State::trouble;
  sight.why = refusal.failure.message;
  if (roll_.sights()[image].status != sight.status) log::warning(sight.why);
  asked_pause_ = std::max(asked_pause_, refusal.retry_after);
  ++retries_;
  return sight;
}

Result<> Watcher::ask(std::span<const std::size_t> images) {
  std::vector<imageset::Wanted> wanted;
  for (const std::size_t image : images) wanted.push_back({image, tag_});
  std::vector<std::pair<std::size_t, Answer<Descriptor>>> answers;
  auto asked = imageset::look(registries_, images_, wanted,
                              [&](std::size_t image, Answer<Descriptor> answer) {
                                answers.emplace_back(image, std::move(answer));
                              });
  if (!asked) return asked;
  for (const auto& [image, answer] : answers) {
    auto sight = sight_of(image, answer);
    if (!sight) return forward(sight.error());
    roll_.note(image, *std::move(sight));
  }
  return {};
}

Result<> Watcher::look(bool all) {
  asked_pause_.reset();
  const auto first = roll_.first(all);
  if (first.empty()) return {};
  if (auto asked = ask(first); !asked) return asked;
  if (all) return {};
  const auto rest = roll_.rest(first.front());
  return rest.empty() ? Result<>() : ask(rest);
}

imageset::Lock Watcher::lock(const Options& options, time::Instant now) const {
  imageset::Lock lock{tag_, options.revision, now, {}};
  for (std::size_t image = 0; image < images_.size(); ++image) {
    lock.images.push_back({images_[image], *roll_.sights()[image].manifest});
  }
  return lock;
}

}  // namespace stagegate::tag_watch
