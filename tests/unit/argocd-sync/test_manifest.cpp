#include <string>
#include <string_view>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/fitting.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"
#include "plugins/argocd-sync/windows/manifest.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/windows_of.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

constexpr std::string_view kProject = R"(
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: stonks
  namespace: argocd
spec:
  description: beta, paper and live
  destinations:
    - server: https://kubernetes.default.svc
      namespace: stonks-paper
  syncWindows:
    - kind: deny
      description: US equity regular session, 09:30-16:00 New York, Monday to Friday
      schedule: "30 9 * * 1-5"
      duration: 6h30m
      timeZone: America/New_York
      applications:
        - stonks-paper
        - stonks-live
      # a step whose override the gate has accepted gets through
      manualSync: true
      syncOverrun: true
)";

}  // namespace

TEST_CASE("the windows of a manifest are those of the project in the cluster") {
  const auto windows = manifest_windows(kProject).value();
  REQUIRE(windows.size() == 1);
  Window expected = deny("30 9 * * 1-5", "6h30m", "America/New_York", true);
  expected.sync_overrun = true;
  expected.applications = {"stonks-paper", "stonks-live"};
  expected.description = "US equity regular session, 09:30-16:00 New York, Monday to Friday";
  CHECK(windows[0] == expected);

  const auto report =
      lint_windows(windows, {{"stonks-paper", "", "", ""}, {"stonks-live", "", "", ""}},
                   market_hours::builtin_of("xnys"), at("2026-11-29T14:00:00Z"));
  CHECK_FALSE(report.value().fails());
  for (const auto& finding : report.value().findings) {
    CHECK(finding.severity == LintFinding::Severity::warning);
    CHECK_THAT(finding.words, ContainsSubstring("blocked although"));
  }
}

TEST_CASE("the windows that fit are read back from what is to be written") {
  const auto fitting = fitting_windows(market_hours::builtin_of("xtks"), {"a: b", "c\"d"},
                                       at("2026-11-29T14:00:00Z"))
                           .value();
  std::string yaml = "kind: AppProject\nspec:\n";
  const std::string list = to_yaml(fitting);
  for (const auto line : text::split(list, '\n')) yaml += text::cat("  ", line, "\n");
  CHECK(manifest_windows(yaml).value() == fitting);
}

TEST_CASE("what is no AppProject is refused") {
  CHECK_FALSE(manifest_windows(""));
  CHECK_FALSE(manifest_windows("kind: Application\nspec: {}"));
  CHECK_FALSE(manifest_windows("kind: AppProject"));
  CHECK_THAT(manifest_windows("kind: AppProject\nspec: {syncWindows: [{manualSync: 'true'}]}")
                 .error()
                 .message,
             ContainsSubstring("neither true nor false"));
  CHECK_THAT(manifest_windows("kind: [").error().message, ContainsSubstring("line"));
  CHECK(manifest_windows("kind: AppProject\nspec: {syncWindows: ~}").value().empty());
}
