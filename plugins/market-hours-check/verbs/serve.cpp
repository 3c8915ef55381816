#include "plugins/market-hours-check/serve/serve.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/passage.hpp"
#include "plugins/market-hours-check/verbs/people.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

// Whoever may ask is said openly: a gate that answers everybody must be a choice.
Result<std::vector<std::string>> who_may_ask(const Options& options) {
  auto tokens = http::tokens_of(options.serving);
  if (!tokens) return forward(tokens.error());
  if (tokens->empty() && !options.allow_anonymous) {
    return usage(
        "token: none is given; name its file with --token-file (PLUGIN_TOKEN_FILE), or say "
        "--allow-anonymous");
  }
  return tokens;
}

// A misspelt name would let promotions through that nobody has approved.
Result<> check_approval_stages(const Options& options, const Stages& stages) {
  for (const auto& name : options.approval_stages) {
    const bool known = std::any_of(stages.begin(), stages.end(),
                                   [&](const Stage& stage) { return stage.name == name; });
    if (!known) {
      return usage(text::cat("approval_stages: no stage ", text::quoted(name), " is served here"));
    }
  }
  return {};
}

}  // namespace

step::Outcome serve(const Options& options, const step::Run& run) {
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  auto tokens = who_may_ask(options);
  if (!tokens) return step::outcome_of(tokens.error());
  auto stages = read_stages(options.stages ? &*options.stages : nullptr, house->gate().settings());
  if (!stages) return step::outcome_of(stages.error());

  if (auto known = check_approval_stages(options, *stages); !known) {
    return step::outcome_of(known.error());
  }
  const auto clearing = open_clearing(options);
  if (!clearing) return step::outcome_of(clearing.error());
  // A log that is not there is found now, and not by the first promotion.
  if (Books* books = (*clearing)->books(); books != nullptr && !house->simulated()) {
    if (auto there = books->look(); !there) return step::outcome_of(there.error());
    if (tokens->empty()) {
      log::warning(
          "whoever reaches this gate can use grants up, and fill the audit log: set a token");
    }
  }
  const auto identity = open_identity(options, house->clock(), run.interrupt_fd);
  if (!identity) return step::outcome_of(identity.error());

  ServeOptions serving{.listen = options.serving.listen,
                       .tokens = *std::move(tokens),
                       .grace = options.serving.grace,
                       .threads = static_cast<int>(options.serving.threads),
                       .public_url = options.public_url,
                       .simulated = house->simulated(),
                       .clearing = clearing->get(),
                       .identity = identity->get()};
  if (auto connected = connect(serving, options, house->clock(), run.interrupt_fd); !connected) {
    return step::outcome_of(connected.error());
  }
  const auto served = serve(serving, *std::move(stages), house->clock(), run.interrupt_fd);
  if (!served) return step::outcome_of(served.error());
  return {};
}

}  // namespace stagegate::market_hours
