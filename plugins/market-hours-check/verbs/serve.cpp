#include "plugins/market-hours-check/serve/serve.hpp"

#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

// Whoever may ask is said openly: a gate that answers everybody must be a choice.
Result<std::vector<std::string>> tokens_of(const Options& options) {
  std::vector<std::string> tokens;
  for (const auto* token : {&options.token, &options.previous_token}) {
    if (!token->empty()) tokens.push_back(token->reveal());
  }
  if (tokens.empty() && !options.allow_anonymous) {
    return usage(
        "token: none is given; name its file with --token-file (PLUGIN_TOKEN_FILE), or say "
        "--allow-anonymous");
  }
  return tokens;
}

}  // namespace

step::Outcome serve(const Options& options, const step::Run& run) {
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  auto tokens = tokens_of(options);
  if (!tokens) return step::outcome_of(tokens.error());
  auto stages = read_stages(options.stages ? &*options.stages : nullptr, house->gate().settings());
  if (!stages) return step::outcome_of(stages.error());

  const ServeOptions serving{.listen = options.listen,
                             .tokens = *std::move(tokens),
                             .grace = options.grace,
                             .threads = static_cast<int>(options.threads),
                             .public_url = options.public_url,
                             .simulated = house->simulated()};
  const auto served = serve(serving, *std::move(stages), house->clock(), run.interrupt_fd);
  if (!served) return step::outcome_of(served.error());
  return {};
}

}  // namespace stagegate::market_hours
