// What an auditor asks for: every change of a period, who asked for it, who approved it, what went
// around a rule and whether somebody looked at it afterwards, and where the evidence has gaps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/grant/grant.hpp"
#include "plugins/audit-writer/query/record.hpp"
#include "plugins/audit-writer/report/period.hpp"

namespace stagegate::audit_writer {

struct ComplianceQuestion {
  Period period;
  std::string project = {};                                   // empty: all of the log
  std::vector<std::string> approved_stages = {"live"};        // need somebody else's approval
  std::vector<std::string> gated_stages = {"paper", "live"};  // need a gate's record
};

// One promotion to one stage, from the records about it.
struct Change {
  std::string project;
  std::string source_stage;
  std::string target_stage;
  std::string image_tag;
  std::string promotion;  // or repo#pipeline
  audit::Actor requester;
  audit::Actor approver;
  std::string notes;
  std::string change_ref;
  std::string grant;  // break-glass that it used
  std::string justification;
  std::string outcome;  // the event that ended it; before that "open", or "rejected"
  audit::Stamp first_at;
  audit::Stamp last_at;
  std::uint64_t seq = 0;  // of the record that ended it, or of its latest
  std::optional<std::uint64_t> requested;
  std::optional<std::uint64_t> gate;  // passed or overridden
  bool overridden = false;
  std::uint64_t blocked = 0;  // how often a gate said no
  bool rollback = false;
};

// Something about a change that somebody has to explain.
struct Exception {
  std::uint64_t seq;
  std::string what;
};

struct BreakGlass {
  audit::GrantState state;
  std::optional<audit::Stamp> used_at = {};
  std::string reviewer = {};
  std::string review_notes = {};
  std::optional<audit::Stamp> reviewed_at = {};
  bool open_review() const { return state.use && !state.reviewed; }
};

// A change of the log or of a stage's control.
struct Housekeeping {
  std::uint64_t seq;
  audit::Stamp at;
  std::string event;
  std::string actor;
  std::string what;
};

struct Findings {
  std::vector<Change> changes;    // that ended in the period, or are open since then
  std::vector<Exception> duties;  // separation of duties
  std::vector<Exception> gaps;
  std::vector<BreakGlass> break_glass;   // granted or used in the period
  std::vector<BreakGlass> open_reviews;  // of any time
  std::vector<Housekeeping> housekeeping;
  std::uint64_t unverified = 0;  // changes by somebody whose identity nobody vouches for
  std::uint64_t redacted = 0;    // records of the whole log
};

class ComplianceReader {
 public:
  explicit ComplianceReader(ComplianceQuestion question) : question_(std::move(question)) {}

  // All records of the log in its order, also those before the period.
  void take(const Record& record);
  Findings findings() const;
  const ComplianceQuestion& question() const { return question_; }

 private:
  using Open = std::map<std::string, Change>;
  struct Review {
    std::string by;
    std::string notes;
    audit::Stamp at;
  };

  void take_promotion(const Record& record);
  void take_gate(const Record& record);
  void take_break_glass(const Record& record);
  void take_housekeeping(const Record& record);
  Change& change_of(const Record& record);
  void finish(const std::string& key);
  void judge(const Change& change, Findings& findings) const;
  void add_break_glass(Findings& findings) const;

  ComplianceQuestion question_;
  Open open_;
  std::vector<Change> finished_;  // in the period
  audit::GrantBook grants_;
  std::map<std::string, Review> reviews_;  // by the grant's id
  std::vector<Housekeeping> housekeeping_;
  std::uint64_t redacted_ = 0;
};

// When a grant's use has been open for longer, the review is overdue.
inline constexpr std::chrono::hours kReviewTime{48};

}  // namespace stagegate::audit_writer
