// A compliance report as people and programs read it.
#pragma once

#include <optional>
#include <string>

#include "common/audit/verify/verify.hpp"
#include "plugins/audit-writer/report/compliance.hpp"
#include "plugins/audit-writer/report/document.hpp"

namespace stagegate::audit_writer {

// What verifying the log has come to.
struct Verification {
  Result<audit::Report> report;
  bool pinned = false;          // the key is the reader's own, not one found beside the log
  bool anchored = false;        // compared with a checkpoint kept elsewhere
  std::string checkpoint = {};  // the signed note

  bool faultless() const { return report && report->faultless(); }
};

// "verified: 1,204 records", "NOT VERIFIED: ...", in one sentence.
std::string verdict_of(const Verification& verification);
text::Json verification_json(const Verification& verification);

struct ComplianceReport {
  ComplianceQuestion question;
  Findings findings;
  Verification verification;
  std::string origin;
  audit::Stamp now;
};

text::Json compliance_json(const ComplianceReport& report);
Document compliance_document(const ComplianceReport& report);

}  // namespace stagegate::audit_writer
