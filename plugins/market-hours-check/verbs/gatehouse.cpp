#include "plugins/market-hours-check/verbs/gatehouse.hpp"

#include "stagegate/version.hpp"

#include "common/text/text.hpp"

namespace stagegate::market_hours {

Result<Gatehouse> Gatehouse::open(const Options& options, time::Clock& machine) {
  if (!options.tzdir.empty()) {
    if (auto used = time::use_zone_directory(options.tzdir); !used) return forward(used.error());
  }
  auto gate = Gate::open(gate_settings(options));
  if (!gate) return forward(gate.error());
  const auto at = parse_at(options.at, gate->calendar().zone());
  if (!at) return forward(at.error());

  Gatehouse house(std::move(*gate), machine);
  if (*at) {
    house.shifted_ = std::make_unique<time::ShiftedClock>(machine, **at);
    return house;
  }
  const time::Instant built{time::seconds{kBuildTime}};
  if (machine.now() < built) {
    return unknown(text::cat("the clock shows ", time::rfc3339(machine.now()),
                             ", but this program was built on ", time::rfc3339(built),
                             ": set the clock of this machine"));
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
