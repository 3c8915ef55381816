#include "plugins/audit-writer/draft/pipeline.hpp"

#include <string_view>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

std::string variable(const settings::Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : std::string(text::trim(found->second));
}

// Before 3.18 the variables of a manual run and of a matrix reached plugins as they were, so that
// whoever may start a pipeline could have set a CI_* variable that the server leaves out.
bool keeps_its_variables(std::string_view version) {
  constexpr std::int64_t kMajor = 3;
  constexpr std::int64_t kMinor = 18;
  if (version.starts_with('v')) version.remove_prefix(1);
  const auto parts = text::split(version, '.');
  if (parts.size() < 2) return false;
  const auto major = text::parse_int(parts[0]);
  const auto minor = text::parse_int(parts[1]);
  if (!major || !minor) return false;
  return *major > kMajor || (*major == kMajor && *minor >= kMinor);
}

std::optional<time::Instant> epoch_seconds(const std::string& text) {
  const auto seconds = text::parse_int(text);
  if (!seconds || *seconds <= 0) return std::nullopt;
  return time::Instant{time::seconds{*seconds}};
}

}  // namespace

Pipeline read_pipeline(const settings::Environment& environment) {
  const auto ci = [&](const char* name) { return variable(environment, name); };
  Pipeline pipeline;
  if (ci("CI_SYSTEM_NAME") != "woodpecker" && ci("CI") != "woodpecker") return pipeline;
  pipeline.system = "woodpecker";
  pipeline.repo = ci("CI_REPO");
  pipeline.number = ci("CI_PIPELINE_NUMBER");
  pipeline.reruns = ci("CI_PIPELINE_RERUNS");
  pipeline.step = ci("CI_STEP_NAME");
  pipeline.event = ci("CI_PIPELINE_EVENT");
  pipeline.status = ci("CI_PIPELINE_STATUS");
  pipeline.author = ci("CI_PIPELINE_AUTHOR");
  pipeline.vouches_for_author =
      !pipeline.author.empty() && keeps_its_variables(ci("CI_SYSTEM_VERSION"));
  pipeline.commit = ci("CI_COMMIT_SHA");
  pipeline.tag = ci("CI_COMMIT_TAG");
  pipeline.commit_time = epoch_seconds(ci("CI_COMMIT_TIMESTAMP"));
  pipeline.url = ci("CI_STEP_URL");
  if (pipeline.url.empty()) pipeline.url = ci("CI_PIPELINE_URL");
  return pipeline;
}

}  // namespace stagegate::audit_writer
