#include "plugins/registry-tag-watch/news/settings.hpp"

namespace stagegate::tag_watch {
namespace {

const std::vector<std::string> kBoth = {"new", "watch"};

void declare_what(settings::Table& table, NewsSettings& s) {
  table.add(s.state_file, {.name = "state_file",
                           .help = "Where the known tags are remembered. Where there is none yet, "
                                   "the tags of this moment are known and none is told.",
                           .value = "FILE",
                           .verbs = kBoth,
                           .required = true});
  table.add(s.include, {.name = "include",
                        .help = "Only tags in which one of these regular expressions (ECMAScript) "
                                "is found; none: all tags.",
                        .value = "REGEX",
                        .verbs = kBoth});
  table.add(s.exclude, {.name = "exclude",
                        .help = "No tags in which one of these is found. What is given replaces "
                                "the default.",
                        .value = "REGEX",
                        .fallback = R"(^sha256-,\.sig$,buildcache)",
                        .verbs = kBoth});
  table.add(s.moving_tag, {.name = "moving_tag",
                           .help = "A tag of the anchor that each build moves when its own tag is "
                                   "there, such as latest: while it stands still the list is read "
                                   "only every tenth time.",
                           .verbs = kBoth});
  table.add(s.report_initial, {.name = "report_initial",
                               .help = "Without a state file: tell the tags that are there.",
                               .fallback = "false",
                               .verbs = kBoth});
  table.add(s.accept_loss, {.name = "accept_loss",
                            .help = "Believe a list that lacks more than half of the known tags. "
                                    "Set it once, when they were really deleted.",
                            .fallback = "false",
                            .verbs = kBoth});
  table.add(s.forget_after, {.name = "forget_after",
                             .help = "How long is waited for the other images of a tag. After that "
                                     "it is not told any more.",
                             .fallback = "24h",
                             .verbs = kBoth});
  table.add(s.webhook_url, {.name = "webhook_url",
                            .help = "Where each tag is sent to, as JSON by POST, before it is "
                                    "printed. What is not accepted is sent again the next time.",
                            .verbs = kBoth});
}

void declare_how_long(settings::Table& table, NewsSettings& s) {
  const std::vector<std::string> watch = {"watch"};
  table.add(s.every, {.name = "every",
                      .help = "The pause between two looks, by chance a fifth more or less; longer "
                              "while the registry is in trouble.",
                      .fallback = "1m",
                      .verbs = watch});
  table.add(s.count, {.name = "count",
                      .help = "Ends when so many tags have been told; 0: never.",
                      .fallback = "0",
                      .verbs = watch,
                      .least = 0});
  table.add(s.watch_for, {.name = "watch_for",
                          .help = "How long to watch in all; 0s: until a signal.",
                          .fallback = "0s",
                          .verbs = watch});
}

}  // namespace

void declare_news_settings(settings::Table& table, NewsSettings& s) {
  declare_what(table, s);
  declare_how_long(table, s);
}

}  // namespace stagegate::tag_watch
