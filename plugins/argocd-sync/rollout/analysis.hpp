// An AnalysisRun: what was measured of a new version, and what came out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::argocd {

struct Measurement {
  std::string phase;
  std::string value;
  std::string message;
};

struct Metric {
  std::string name;
  std::string phase;  // Pending, Running, Successful, Failed, Error, Inconclusive
  std::string message;
  bool dry_run = false;  // its outcome changes nothing
  // How often it was measured (errors are not counted), and what came out.
  std::int64_t count = 0;
  std::int64_t failed = 0;
  std::int64_t inconclusive = 0;
  std::int64_t consecutive_error = 0;
  std::optional<std::int64_t> wanted;  // empty: it goes on until somebody ends it
  // Each is passed only by more than so many; empty: it is none that we can read.
  std::optional<std::int64_t> failure_limit = 0;
  std::optional<std::int64_t> inconclusive_limit = 0;
  std::optional<std::int64_t> error_limit = 4;
  std::vector<Measurement> last;  // the newest ones, the newest at the end
};

struct AnalysisRun {
  std::string name;
  std::string phase;
  std::string message;
  std::vector<Metric> metrics;
};

// Fails (unknown) for what is no AnalysisRun.
Result<AnalysisRun> read_analysis_run(const text::Json& json);

// "success-rate Running (2/5)", for each metric that goes on.
std::string progress(const AnalysisRun& run);
// Which metrics spoke against the new version, and why: "success-rate Failed: failed 2 >
// failureLimit 1, last values 0.91, 0.93". Empty: none did.
std::string against(const AnalysisRun& run);

}  // namespace stagegate::argocd
