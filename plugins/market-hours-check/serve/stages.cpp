// The setting `stages`.
#include <algorithm>

#include "common/calendar/fields.hpp"
#include "common/calendar/lint.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::YamlNode;

const std::vector<std::string> kStageKeys{
    "name",       "calendar",    "require", "need",           "pad_before", "pad_after",
    "on_holiday", "lunch_break", "beyond",  "block_sessions", "freezes",    "overrides"};

struct Declared {
  std::string name;
  text::Position at;
  GateSettings settings;
};

template <class Value>
void take(std::optional<Value>& target, std::optional<Value> given) {
  if (given) target = std::move(given);
}

void add_items(std::optional<YamlNode>& list, const YamlNode* more, Faults& faults) {
  if (more == nullptr) return;
  if (more->kind != YamlNode::Kind::list) {
    faults.error(more->at, "must be a list");
    return;
  }
  if (!list) {
    list = *more;
    return;
  }
  list->items.insert(list->items.end(), more->items.begin(), more->items.end());
}

GateSettings settings_of(Fields& fields, GateSettings settings) {
  if (auto calendar = fields.text("calendar")) settings.calendar = *std::move(calendar);
  if (const auto require = fields.one_of<Require>(
          "require", {{"closed", Require::closed}, {"open", Require::open}})) {
    settings.policy.require = *require;
  }
  if (const auto need = fields.duration("need")) settings.policy.need = *need;
  Adjustments& adjust = settings.adjustments;
  take(adjust.pad_before, fields.duration("pad_before"));
  take(adjust.pad_after, fields.duration("pad_after"));
  take(adjust.on_holiday, fields.one_of<OnHoliday>("on_holiday", {{"allow", OnHoliday::allow},
                                                                  {"block", OnHoliday::block}}));
  take(adjust.lunch_break,
       fields.one_of<LunchBreak>("lunch_break",
                                 {{"open", LunchBreak::open}, {"block", LunchBreak::block}}));
  take(adjust.beyond,
       fields.one_of<Beyond>("beyond", {{"rule", Beyond::rule}, {"block", Beyond::block}}));
  if (const YamlNode* sessions = fields.find("block_sessions")) {
    adjust.block_sessions.clear();
    for (const YamlNode* item : items_of(*sessions)) {
      if (auto name = read_text(*item, "block_sessions", fields.faults())) {
        adjust.block_sessions.push_back(*std::move(name));
      }
    }
  }
  add_items(adjust.freezes, fields.find("freezes"), fields.faults());
  add_items(adjust.overrides, fields.find("overrides"), fields.faults());
  return settings;
}

void declare(std::vector<Declared>& stages, std::string name, text::Position at, Fields& fields,
             const GateSettings& defaults) {
  const bool known = std::any_of(stages.begin(), stages.end(),
                                 [&](const Declared& stage) { return stage.name == name; });
  if (known) fields.error(at, cat("the stage ", text::quoted(name), " is declared twice"));
  stages.push_back({std::move(name), at, settings_of(fields, defaults)});
}

std::vector<Declared> declared_in(const YamlNode& node, const GateSettings& defaults,
                                  Faults& faults) {
  std::vector<Declared> stages;
  for (const YamlNode& item : node.items) {
    Fields fields(item, "a stage", kStageKeys, faults);
    const YamlNode* name_node = fields.need("name");
    auto name = fields.text("name").value_or("");
    declare(stages, std::move(name), name_node == nullptr ? item.at : name_node->at, fields,
            defaults);
  }
  static const std::vector<std::string> kWithoutName(kStageKeys.begin() + 1, kStageKeys.end());
  YamlNode nothing;
  nothing.kind = YamlNode::Kind::map;
  for (const auto& [key, at, value] : node.entries) {
    if (key.empty()) faults.error(at, "a stage needs a name");
    // "live:" alone is a stage that is as the defaults say.
    const YamlNode& body = value.kind == YamlNode::Kind::null ? nothing : value;
    Fields fields(body, cat("the stage ", text::quoted(key)), kWithoutName, faults);
    declare(stages, key, at, fields, defaults);
  }
  const bool is_list_or_map = node.kind == YamlNode::Kind::list || node.kind == YamlNode::Kind::map;
  if (!is_list_or_map) faults.error(node.at, "must be a list or a map of stages");
  if (is_list_or_map && stages.empty()) faults.error(node.at, "names no stage");
  return stages;
}

Result<Stages> open_all(const std::vector<Declared>& declared) {
  Stages stages;
  std::string failures;
  for (const Declared& stage : declared) {
    auto gate = Gate::open(stage.settings);
    if (gate) {
      stages.push_back({stage.name, *std::move(gate)});
    } else {
      failures += cat(failures.empty() ? "" : "\n", "setting stages:", stage.at.line, ":",
                      stage.at.column, ": stage ", stage.name, ": ", gate.error().message);
    }
  }
  // As with any calendar that cannot be read: what decides is unknown.
  if (!failures.empty()) return unknown(std::move(failures));
  return stages;
}

Result<Stages> default_stages(const GateSettings& defaults) {
  const auto gate = Gate::open(defaults);
  if (!gate) return forward(gate.error());
  Stages stages;
  const std::vector<std::string> usual{"paper", "live"};
  for (const auto& name : defaults.gated_stages.empty() ? usual : defaults.gated_stages) {
    const bool twice = std::any_of(stages.begin(), stages.end(),
                                   [&](const Stage& stage) { return stage.name == name; });
    if (!twice) stages.push_back({name, *gate});
  }
  return stages;
}

}  // namespace

Result<Stages> read_stages(const YamlNode* node, const GateSettings& defaults) {
  if (node == nullptr) return default_stages(defaults);
  Faults faults;
  const auto declared = declared_in(*node, defaults, faults);
  if (!faults.usable()) return usage(show_errors(faults.take(), "setting stages"));
  return open_all(declared);
}

}  // namespace stagegate::market_hours
