// Whether a stage takes part in promotions.
#include "common/settings/read.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/actor.hpp"
#include "plugins/audit-writer/query/source.hpp"
#include "plugins/audit-writer/query/stages.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

step::Outcome control(const Options& options, const step::Run& run, bool enabled) {
  const auto pipeline = read_pipeline(settings::process_environment());
  const auto actor = operator_of({options.operator_name, options.operator_kind}, pipeline);
  std::vector<std::string> faults;
  if (options.stage.empty()) faults.emplace_back("stage: say which one");
  if (!actor) faults.emplace_back("operator: say who does it");
  if (!faults.empty()) return step::outcome_of({Failure::Kind::usage, text::join(faults, "\n")});

  const std::string key = fresh_key();
  return store_if(options, run, [&](const audit::View& view) -> Result<audit::Draft> {
    const auto states = read_stages(ViewSource(view), std::nullopt, options.stage);
    if (!states) return forward(states.error());
    const bool is_enabled = states->empty() || states->front().enabled;
    if (is_enabled == enabled) {
      return fail(Failure::Kind::refused, cat("stage ", text::quoted(options.stage), " is ",
                                              enabled ? "enabled" : "disabled", " already"));
    }
    audit::Draft draft;
    draft.set("idem", key)
        .set("type", "stage_control")
        .set("event", enabled ? "enabled" : "disabled")
        .set("writer", json_of(this_writer()))
        .set("operator", audit::json_of(*actor))
        .set("target_stage", options.stage);
    if (!options.reason.empty()) draft.set("reason", options.reason);
    draft.set("stage_control", text::Json().set("enabled", enabled));
    return audit::tidy(std::move(draft));
  });
}

}  // namespace

step::Outcome stage_enable(const Options& options, const step::Run& run) {
  return control(options, run, true);
}

step::Outcome stage_disable(const Options& options, const step::Run& run) {
  return control(options, run, false);
}

}  // namespace stagegate::audit_writer
