#include "plugins/audit-writer/query/stages.hpp"

#include <algorithm>

namespace stagegate::audit_writer {
namespace {

bool is_over(const Record& record, std::optional<audit::Stamp> at) {
  return at && (!record.at || *record.at > *at);
}

bool is_deployment(const Record& record) {
  return record.is("promotion", "succeeded");
}

StageState& state_of(std::vector<StageState>& states, std::string_view name) {
  const auto found = std::find_if(states.begin(), states.end(),
                                  [&](const StageState& state) { return state.name == name; });
  if (found != states.end()) return *found;
  StageState state;
  state.name = name;
  states.push_back(std::move(state));
  return states.back();
}

void note(std::vector<StageState>& states, const Record& record, std::optional<audit::Stamp> at) {
  if (is_over(record, at)) return;
  const auto name = record.text("target_stage");
  if (name.empty()) return;
  if (is_deployment(record)) {
    state_of(states, name).promotion = record;
  } else if (record.text("type") == "stage_control") {
    state_of(states, name).enabled = record.text("event") != "disabled";
  }
}

}  // namespace

// Deployments and control records are told apart from all others by bytes alone: two passes that
// parse little are quicker than one that parses everything.
Result<std::vector<StageState>> read_stages(const RecordSource& source,
                                            std::optional<audit::Stamp> at,
                                            const std::string& stage) {
  std::vector<StageState> states;
  const RecordVisit visit = [&](const Record& record) {
    if (stage.empty() || record.text("target_stage") == stage) note(states, record, at);
    return audit::Next::go_on;
  };
  for (const auto& needle :
       {member_needle("event", "succeeded\""), member_needle("type", "stage_control\"")}) {
    if (auto read = each_record_with(source, needle, 0, visit); !read) return forward(read.error());
  }
  return states;
}

}  // namespace stagegate::audit_writer
