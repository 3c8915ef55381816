// Verifies the log again and again, beside everything else.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/audit/record/record.hpp"
#include "common/audit/verify/verify.hpp"
#include "plugins/audit-writer/serve/background.hpp"

namespace stagegate::audit_writer {

struct Inspection {
  audit::Stamp at;
  Result<audit::Report> report;
  bool full = false;
  bool faultless() const { return report && report->faultless(); }
};

struct Inspections {
  std::optional<Inspection> last;
  std::optional<audit::Stamp> last_full;  // that found no fault
};

struct InspectorOptions {
  std::chrono::milliseconds every = std::chrono::minutes(10);     // a quick one
  std::chrono::milliseconds full_every = std::chrono::hours(24);  // a full one, the first at start
};

class Inspector {
 public:
  using Verify = std::function<Result<audit::Report>(bool quick)>;
  Inspector(Verify verify, const InspectorOptions& options);

  Inspections inspections() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  Background thread_;
};

}  // namespace stagegate::audit_writer
