#include "plugins/market-hours-check/gate/wait.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/step/progress.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/passage.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

using std::chrono::milliseconds;

std::string countdown(const Verdict& verdict, milliseconds left) {
  const auto deadline = std::chrono::duration_cast<time::seconds>(left);
  std::string gives_up = text::cat("gives up in ", text::spoken_duration(deadline));
  if (!verdict.allowed_at) return gives_up;
  return text::cat("allowed in ", text::spoken_duration(*verdict.allowed_at - verdict.at), ", ",
                   gives_up);
}

// What the log makes of a verdict decides, and for how long to sleep: somebody's approval may come
// at any time.
Verdict as_cleared(Verdict verdict, const Clearance& cleared) {
  if (verdict.allowed && !cleared.allowed) verdict.allowed_at.reset();
  verdict.allowed = cleared.allowed;
  return verdict;
}

std::string awaited(const Gate& gate, const Verdict& verdict, const Clearance& cleared) {
  return cleared.reason == "needs_approval" ? text::cat("waiting: ", cleared.why)
                                            : waiting_for(gate, verdict);
}

step::Outcome answer(const Gate& gate, const Verdict& verdict, const Asker& asker,
                     const Clearance& cleared, milliseconds waited) {
  step::Outcome outcome{.text = answer_text(gate, verdict, asker, cleared),
                        .json = answer_json(gate, verdict, asker, cleared)};
  outcome.json.set("waited_seconds", std::int64_t{waited.count() / 1000});
  return outcome;
}

}  // namespace

step::Outcome wait(const Options& options, const step::Run& run) {
  if (auto good = step::check_heartbeat(options.heartbeat); !good) {
    return step::outcome_of(good.error());
  }
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  const Asker asker = asker_of(options, house->simulated());
  time::Clock& clock = house->clock();
  const auto clearing = open_clearing(options);
  if (!clearing) return step::outcome_of(clearing.error());
  const auto began = clock.uptime();
  step::Progress progress(run.terminal, options.heartbeat);

  for (;;) {
    const auto verdict = house->gate().judge(options.stage, clock.now());
    if (!verdict) return step::outcome_of(verdict.error());
    const auto cleared = (*clearing)->clear(*verdict, passage_of(options), house->simulated());
    if (!cleared) return step::outcome_of(cleared.error());
    const auto waited = clock.uptime() - began;
    const auto left = options.timeout - waited;
    const WaitStep next = next_step(as_cleared(*verdict, *cleared), left);
    if (next.kind != WaitStep::Kind::sleep) {
      progress.end();
      auto outcome = answer(house->gate(), *verdict, asker, *cleared, waited);
      if (next.kind == WaitStep::Kind::late) {
        outcome.exit = step::Exit::deadline;
        outcome.text += text::cat("\n  gave up      after ", text::show_duration(options.timeout),
                                  " (timeout)");
      }
      return outcome;
    }
    progress.show(awaited(house->gate(), *verdict, *cleared), countdown(*verdict, left),
                  clock.uptime());
    const auto limit =
        std::min(next.limit, std::max(progress.next(clock.uptime()), milliseconds{1}));
    if (clock.sleep(next.until, limit) == time::Woke::interrupted) {
      progress.end();
      auto outcome = answer(house->gate(), *verdict, asker, *cleared, clock.uptime() - began);
      outcome.exit = step::Exit::terminated;
      return outcome;
    }
  }
}

}  // namespace stagegate::market_hours
