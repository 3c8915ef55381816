// The gate as a service: Kargo's http step asks it, people look at its page.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/yaml.hpp"
#include "common/time/clock.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"

namespace stagegate::market_hours {

class Clearing;
class Identity;

struct ServeOptions {
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> tokens;  // that POST /v1/check takes; none: everybody may ask
  std::chrono::milliseconds grace = std::chrono::seconds(10);
  int threads = 1;
  std::string public_url;  // where people reach the page; empty: answers carry no links
  bool simulated = false;  // the clock is not the machine's
  // What asks the audit log; null: there is none. Must outlive the service, as must the next.
  Clearing* clearing = nullptr;
  Identity* identity = nullptr;  // who people are; null: nobody can release anything here
  // Makes Kargo look at a promotion (project, name) now; empty: it does so by itself.
  std::function<Result<>(const std::string&, const std::string&)> wake = {};
  // Who asked for a promotion (project, name), by Kargo's own word; empty: as the caller says.
  std::function<Result<std::string>(const std::string&, const std::string&)> promoter = {};
};

struct Stage {
  std::string name;
  Gate gate;
};
using Stages = std::vector<Stage>;

// The setting `stages`: a list of maps with a `name`, or a map of names to maps. Each inherits what
// it does not say from `defaults`; freezes and overrides come on top of the inherited ones, so that
// no stage slips out of a freeze that was meant for all. Without `node` the stages are the gated
// ones of `defaults`, or paper and live. A failure names every fault at its line and column.
Result<Stages> read_stages(const text::YamlNode* node, const GateSettings& defaults);

// Serves until `interrupt_fd` becomes readable, then answers the requests under way and returns.
Result<> serve(const ServeOptions& options, const Stages& stages, time::Clock& clock,
               int interrupt_fd);

}  // namespace stagegate::market_hours
