#include <limits>
#include <memory>

#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/registry-tag-watch/news/report.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {

step::Outcome find_new(const Options& options, const step::Run& run) {
  auto opened = News::open(options, run);
  if (!opened) return step::outcome_of(opened.error());
  const auto news = std::make_shared<News>(*std::move(opened));
  const auto tells = news->tells();
  if (!tells) return step::outcome_of(tells.error());
  auto round = news->look(run.clock.uptime() + options.timeout);
  if (!round) return step::outcome_of(round.error().failure);
  warn_of(*round);
  if (round->more) log::warning("there are more new tags: the next look takes them");
  warn_of_no_images(round->decision.no_images);
  const Told told = tell_all(round->decision, *tells, std::numeric_limits<std::size_t>::max());

  step::Outcome outcome = answer_of(*round, told, *news);
  // A tag that somebody else was told of is remembered at once, the others when they are printed.
  news->keep(std::move(round->decision.next), News::Skips::count);
  outcome.once_told = [news] { return news->save(); };
  return outcome;
}

}  // namespace stagegate::tag_watch
