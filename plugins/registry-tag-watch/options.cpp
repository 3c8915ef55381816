#include "plugins/registry-tag-watch/options.hpp"

namespace stagegate::tag_watch {

namespace {

using Verbs = std::vector<std::string>;

void declare_waiting(settings::Table& table, Options& o) {
  const Verbs wait = {"wait"};
  table.add(o.timeout, {.name = "timeout",
                        .help = "How long in all, with every pause and every answer.",
                        .fallback = "30m",
                        .verbs = {"wait", "check", "mark", "new"}});
  table.add(o.interval, {.name = "interval",
                         .help = "The pause after the first look; each is half as long again.",
                         .fallback = "2s",
                         .verbs = wait});
  table.add(o.interval_max, {.name = "interval_max",
                             .help = "The longest pause between two looks.",
                             .fallback = "15s",
                             .verbs = wait});
  table.add(o.roll_call, {.name = "roll_call",
                          .help = "How often every missing image is asked for, so that the "
                                  "progress can name them; in between only the last one is. 0s: "
                                  "never.",
                          .fallback = "1m",
                          .verbs = wait});
  table.add(o.heartbeat, {.name = "heartbeat",
                          .help = "How often a line is logged while nothing changes.",
                          .fallback = "30s",
                          .verbs = {"wait", "watch"}});
  table.add(o.env_file, {.name = "env_file",
                         .help = "Where REGISTRY_TAG_WATCH_ALL_PRESENT=true is written when all "
                                 "images are there.",
                         .value = "FILE",
                         .verbs = wait});
}

void declare_requirements(settings::Table& table, Options& o) {
  const Verbs both = {"wait", "check"};
  table.add(o.expect_digests,
            {.name = "expect_digests",
             .help = "For each image the digest that its build has pushed: a tag that still "
                     "stands for an older build does not count.",
             .value = "IMAGE=DIGEST",
             .verbs = both});
  table.add(o.metadata_files, {.name = "metadata_files",
                               .help = "Files that the builds have written, with the same: buildx "
                                       "--metadata-file, kaniko --image-name-with-digest-file.",
                               .value = "FILE",
                               .verbs = both});
  table.add(o.require_revision,
            {.name = "require_revision",
             .help = "Only images count whose label org.opencontainers.image.revision is "
                     "`revision`. Two or three more requests for each image.",
             .fallback = "false",
             .verbs = both});
  table.add(o.revision, {.name = "revision",
                         .help = "The commit of the build; goes into the lock file.",
                         .ci = {"CI_COMMIT_SHA"},
                         .verbs = both});
  table.add(o.platforms, {.name = "platforms",
                          .help = "What each image has to be built for: linux/amd64, "
                                  "linux/arm64. One or two more requests for each image.",
                          .value = "OS/ARCH",
                          .verbs = both});
}

}  // namespace

void declare_options(settings::Table& table, Options& o) {
  table.verb(
      {.name = "wait", .help = "Wait until all images of a build are there, and lock them."});
  table.verb({.name = "check", .help = "Look once which of them are there."});
  table.verb({.name = "mark", .help = "Mark the locked images as tested."});
  table.verb({.name = "new", .help = "Which tags are new since the last time?"});
  table.verb({.name = "watch", .help = "Tell of each new tag, until a signal."});
  imageset::declare_registry_settings(table, o.registry, {});
  imageset::declare_image_settings(table, o.images, {"wait", "check", "new", "watch"});
  table.add(o.tag, {.name = "tag",
                    .help = "The tag that all images of the build have.",
                    .ci = {"CI_COMMIT_SHA"},
                    .verbs = {"wait", "check"},
                    .required = true});
  table.add(o.lock_file, {.name = "lock_file",
                          .help = "The digests of all images: written by wait, read by mark.",
                          .value = "FILE",
                          .fallback = "images.lock.json",
                          .verbs = {"wait", "mark"}});
  declare_waiting(table, o);
  declare_requirements(table, o);
  imageset::declare_mark_settings(table, o.mark, {"mark"}, {"new", "watch"});
  imageset::declare_announce_settings(table, o.announce, {"wait", "mark", "new", "watch"});
  declare_news_settings(table, o.news);
}

}  // namespace stagegate::tag_watch
