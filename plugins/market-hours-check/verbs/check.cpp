#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/passage.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {

step::Outcome check(const Options& options, const step::Run& run) {
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  const auto verdict = house->gate().judge(options.stage, house->clock().now());
  if (!verdict) return step::outcome_of(verdict.error());
  const auto clearing = open_clearing(options);
  if (!clearing) return step::outcome_of(clearing.error());
  const auto cleared = (*clearing)->clear(*verdict, passage_of(options), house->simulated());
  if (!cleared) return step::outcome_of(cleared.error());
  const Asker asker = asker_of(options, house->simulated());
  return {.exit = cleared->allowed ? step::Exit::done : step::Exit::no,
          .text = answer_text(house->gate(), *verdict, asker, *cleared),
          .json = answer_json(house->gate(), *verdict, asker, *cleared)};
}

}  // namespace stagegate::market_hours
