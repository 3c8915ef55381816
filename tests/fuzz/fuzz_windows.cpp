// The sync windows of an AppProject, which whoever may write one fills as they like. Whatever they
// hold, they are refused, or the verdict is the one that the spans give, and its next change is
// one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/text/json.hpp"
#include "plugins/argocd-sync/windows/manifest.hpp"
#include "plugins/argocd-sync/windows/verdict.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void judge(const std::vector<Window>& windows, time::Instant now, Trigger trigger) {
  const auto verdict = judge_windows(windows, now, trigger);
  const auto spans = let_through(windows, trigger, now, now + kWindowsAhead);
  demand(verdict.has_value() == spans.has_value());
  if (!verdict) {
    demand(!verdict.error().message.empty());
    return;
  }
  demand(!verdict->words.empty());
  demand(verdict->allowed == time::holding(*spans, now).has_value());
  if (!verdict->next_change) return;
  demand(*verdict->next_change > now);
  const auto changed = judge_windows(windows, *verdict->next_change, trigger);
  demand(changed.has_value() && changed->allowed != verdict->allowed);
  const auto before = judge_windows(windows, *verdict->next_change - time::seconds{1}, trigger);
  demand(before.has_value() && before->allowed == verdict->allowed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)manifest_windows(bytes);
  const auto json = text::parse_json(bytes);
  if (!json) return 0;
  if (const auto reported = reported_windows(*json)) {
    (void)completed(reported->assigned, reported->active);
  }
  const auto windows = project_windows(*json);
  if (!windows || windows->size() > 4) return 0;
  const Target target{"stonks-live", "stonks", "https://kubernetes.default.svc", "in-cluster"};
  (void)matching(*windows, target);
  for (const Window& window : *windows) (void)broken_patterns(window);
  // Shortly before the clocks go back in New York, and before a leap day.
  const auto now = time::Instant{date::sys_days{date::year{2026} / 10 / 31}} + time::seconds{size};
  judge(*windows, now, Trigger::manual);
  judge(*windows, now, Trigger::automatic);
  const auto leap = time::Instant{date::sys_days{date::year{2028} / 2 / 27}};
  judge(*windows, leap, Trigger::automatic);
  return 0;
}
