#include "plugins/audit-writer/serve/inspector.hpp"

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using Clock = std::chrono::steady_clock;

audit::Stamp wall_clock() {
  return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void tell(const Inspection& inspection) {
  if (inspection.faultless()) return;
  log::error(inspection.report
                 ? text::cat("the log is not faultless: ", inspection.report->faults,
                             " faults; run `audit-writer verify`")
                 : text::cat("the log could not be verified: ", inspection.report.error().message));
}

}  // namespace

struct Inspector::Shared {
  mutable std::mutex mutex;
  Inspections inspections;

  void inspect(const Verify& verify, bool full) {
    Inspection inspection{.at = wall_clock(), .report = verify(!full), .full = full};
    tell(inspection);
    const std::lock_guard lock(mutex);
    if (full && inspection.faultless()) inspections.last_full = inspection.at;
    inspections.last = std::move(inspection);
  }
};

// The quick one first: a page that waits for a full one would say nothing for long.
Inspector::Inspector(Verify verify, const InspectorOptions& options)
    : shared_(std::make_shared<Shared>()),
      thread_([shared = shared_, verify = std::move(verify), options](Pause& pause) {
        shared->inspect(verify, false);
        auto full_due = Clock::now();
        while (true) {
          const bool full = Clock::now() >= full_due;
          if (!pause.wait(full ? std::chrono::milliseconds(0) : options.every)) return;
          shared->inspect(verify, full);
          if (full) full_due = Clock::now() + options.full_every;
        }
      }) {}

Inspections Inspector::inspections() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->inspections;
}

}  // namespace stagegate::audit_writer
