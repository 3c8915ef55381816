#include "plugins/market-hours-check/verbs/gatehouse.hpp"

#include "stagegate/version.hpp"

#include "common/text/text.hpp"

namespace stagegate::market_hours {

Result<Gatehouse> Gatehouse::open(const Options& options, time::Clock& machine) {
  if (!options.tzdir.empty()) {
    if (auto used = time::use_zone_directory(options.tzdir); !used) return forward(used.error());
  }
  auto settings = gate_settings(options);
  if (options.at.empty()) settings.built_at = time::Instant{time::seconds{kBuildTime}};
  auto gate = Gate::open(std::move(settings));
  if (!gate) return forward(gate.error());
  const auto at = parse_at(options.at, gate->calendar().zone());
  if (!at) return forward(at.error());

  Gatehouse house(std::move(*gate), machine);
  if (*at) {
    house.shifted_ = std::make_unique<time::ShiftedClock>(machine, **at);
  } else if (auto believed = house.gate_.believe(machine.now()); !believed) {
    return forward(believed.error());
  }
  return house;
}

Asker asker_of(const Options& options, bool simulated) {
  return {.stage = options.stage, .image_tag = options.image_tag.text, .simulated = simulated};
}

Result<> only_text_or_json(const std::string& output, const std::string& verb) {
  if (output == "text" || output == "json") return {};
  return usage(text::cat("output: ", verb, " prints text or json, not ", output));
}

}  // namespace stagegate::market_hours
