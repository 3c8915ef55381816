#include "common/text/text.hpp"
#include "plugins/registry-tag-watch/report.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {

using text::cat;

step::Outcome check(const Options& options, const step::Run& run) {
  auto watcher = Watcher::open(options, run.clock, run.interrupt_fd);
  if (!watcher) return step::outcome_of(watcher.error());
  if (auto looked = watcher->look(true); !looked) return step::outcome_of(looked.error());
  const Roll& roll = watcher->roll();
  std::vector<std::string> hints;
  if (!roll.complete()) {
    hints = diagnose(*watcher, options.tag.text, run.clock);
  }
  step::Outcome outcome;
  const std::size_t present = watcher->images().size() - roll.missing().size();
  outcome.text = cat(present, " of ", watcher->images().size(), " images of ", options.tag.text,
                     " are there\n", table(watcher->images(), roll, hints));
  outcome.json = report_json(options.tag.text, watcher->images(), roll, hints);
  outcome.json.set("requests", watcher->registries().requests());
  // What did not answer may be there: that is no "no".
  if (!roll.complete()) outcome.exit = roll.any_trouble() ? step::Exit::unknown : step::Exit::no;
  return outcome;
}

}  // namespace stagegate::tag_watch
