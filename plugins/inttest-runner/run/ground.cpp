#include "plugins/inttest-runner/run/ground.hpp"

#include "common/fs/directory.hpp"
#include "common/imageset/unchanged.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

Result<std::optional<imageset::Lock>> lock_of(const Options& options) {
  std::error_code error;
  if (!std::filesystem::exists(options.lock_file, error)) {
    if (!options.mark) return std::nullopt;
    return usage(cat("lock_file: there is no ", options.lock_file,
                     ": run registry-tag-watch wait before, which says which bits are tested, or "
                     "set mark: false"));
  }
  auto lock = imageset::read_lock(options.lock_file);
  if (!lock) return forward(lock.error());
  if (lock->tag != options.tag.text) {
    return usage(cat("lock_file: ", options.lock_file, " is of ", lock->tag, ", but ",
                     options.tag.text, " is to be tested (tag)"));
  }
  return std::optional(*std::move(lock));
}

Result<> plan_archive(const Options& options, Ground& ground) {
  if (!options.archive_dir.empty()) {
    if (auto made = fs::make_directory(options.archive_dir, 0755); !made) return made;
  }
  if (options.results_repository.empty()) return {};
  auto archive = oci::parse_repository(options.results_repository, options.registry.registry);
  if (!archive) return usage(cat("results_repository: ", archive.error().message));
  if (ground.lock) {
    for (const auto& locked : ground.lock->images) {
      if (locked.image != *archive) continue;
      return usage(cat("results_repository: ", archive->text(),
                       " holds images: whoever watches it would take the results for one"));
    }
  }
  ground.archive = *std::move(archive);
  return {};
}

Result<> plan_announcement(const Options& options, time::Clock& clock, int interrupt_fd,
                           Ground& ground) {
  const imageset::AnnounceSettings& settings = options.announce;
  if (!ground.lock) {
    if (settings.kargo_project.empty() && settings.kargo_webhook_url.empty()) return {};
    return usage(
        "kargo_project, kargo_webhook_url: Kargo can only be told of images that are in "
        "a lock file");
  }
  const imageset::Subject subject{ground.lock->tag, ground.lock->revision,
                                  ground.lock->repositories()};
  auto announcer =
      imageset::Announcer::open(settings, options.registry, subject, clock, interrupt_fd);
  if (!announcer) return forward(announcer.error());
  ground.announcer.emplace(*std::move(announcer));
  return {};
}

}  // namespace

Result<Ground> prepare(const Options& options, time::Clock& clock, int interrupt_fd) {
  Ground ground;
  auto lock = lock_of(options);
  if (!lock) return forward(lock.error());
  ground.lock = *std::move(lock);
  if (options.attach && !ground.lock) {
    return usage("attach: needs the lock file, which says to which image");
  }
  if (options.attach) {
    auto anchor = imageset::find_anchor(ground.lock->repositories(), options.marking.anchor,
                                        options.registry.registry);
    if (!anchor) return forward(anchor.error());
    ground.attach_to = ground.lock->images[*anchor];
  }
  if (options.mark) {
    auto plan = imageset::mark_plan(options.marking, *ground.lock, options.registry.registry);
    if (!plan) return forward(plan.error());
    ground.plan = *std::move(plan);
  }
  if (auto planned = plan_archive(options, ground); !planned) return forward(planned.error());
  if (auto planned = plan_announcement(options, clock, interrupt_fd, ground); !planned) {
    return forward(planned.error());
  }
  if (!ground.lock && !ground.archive) return ground;

  auto registries = imageset::Registries::open(options.registry, clock, interrupt_fd);
  if (!registries) return forward(registries.error());
  ground.registries.emplace(*std::move(registries));
  if (ground.lock) {
    auto same = imageset::check_unchanged(*ground.registries, clock, *ground.lock,
                                          clock.uptime() + options.registry_timeout);
    if (!same) return forward(same.error());
  }
  return ground;
}

}  // namespace stagegate::inttest
