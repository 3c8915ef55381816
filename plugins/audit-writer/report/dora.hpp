// How quickly and how safely changes reach production, by the log: the five figures of DORA.
//
// Times are those of the log (`ts`), which nobody but the log's key can have written.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/audit-writer/query/record.hpp"
#include "plugins/audit-writer/report/document.hpp"
#include "plugins/audit-writer/report/period.hpp"
#include "plugins/audit-writer/report/quantiles.hpp"

namespace stagegate::audit_writer {

struct DoraQuestion {
  Period period;
  std::string stage = "live";  // production
  std::string project = {};    // empty: all of the log
};

struct DoraFigures {
  std::uint64_t deployments = 0;  // that succeeded and were no rollback
  std::uint64_t failed = 0;       // that failed, or succeeded and had to be rolled back or fixed
  std::uint64_t attempts = 0;     // deployments and those that failed
  std::uint64_t reworks = 0;      // rollbacks and fixes
  std::uint64_t finished = 0;     // attempts and rollbacks
  std::uint64_t without_commit_time = 0;  // deployments that no lead time can be told of
  std::uint64_t unrecovered = 0;          // failures without a success after them
  std::uint64_t redacted = 0;             // records that may have been one of these
  Lengths lead_times;
  Lengths recovery_times;
};

class DoraReader {
 public:
  explicit DoraReader(DoraQuestion question) : question_(std::move(question)) {}

  // All records of the log in its order, also those before the period: a change may have begun
  // there.
  void take(const Record& record);
  DoraFigures figures() const;
  const DoraQuestion& question() const { return question_; }

 private:
  struct Deployment {
    std::string id;
    audit::Stamp at;
    bool failed = false;
  };

  void note_change(const Record& record);
  void take_success(const Record& record);
  void take_failure(const Record& record);
  void take_lead_time(const Record& record);
  void mark_failed(Deployment& deployment, audit::Stamp recovered_at);
  void recover(audit::Stamp at);

  DoraQuestion question_;
  DoraFigures figures_;
  // Commits that have been seen in some stage and have not reached production.
  std::set<audit::Stamp> waiting_;
  std::optional<audit::Stamp> newest_live_;
  // The latest ones: what is fixed or rolled back is never older.
  std::deque<Deployment> deployments_;
  std::vector<audit::Stamp> failures_;  // since the last success
};

text::Json dora_json(const DoraReader& reader, audit::Stamp now);
Document dora_document(const DoraReader& reader, const std::string& origin, audit::Stamp now);

}  // namespace stagegate::audit_writer
