#include "common/audit/verify/findings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stagegate::audit {

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::modified:
      return "MODIFIED";
    case Finding::chain:
      return "CHAIN";
    case Finding::deleted:
      return "DELETED";
    case Finding::inserted:
      return "INSERTED";
    case Finding::root_mismatch:
      return "ROOT_MISMATCH";
    case Finding::foreign_tail:
      return "FOREIGN_TAIL";
    case Finding::truncated:
      return "TRUNCATED";
    case Finding::missing_file:
      return "MISSING_FILE";
    case Finding::slot_tampered:
      return "SLOT_TAMPERED";
    case Finding::bad_signature:
      return "BAD_SIGNATURE";
    case Finding::rolled_back:
      return "ROLLED_BACK";
    case Finding::forked:
      return "FORKED";
    case Finding::unauthorised_redaction:
      return "UNAUTHORISED_REDACTION";
    case Finding::malformed:
      return "MALFORMED";
    case Finding::clock:
      return "CLOCK";
    case Finding::duplicate_key:
      return "DUPLICATE_KEY";
    case Finding::grant_misused:
      return "GRANT_MISUSED";
    case Finding::behind:
      return "BEHIND";
    case Finding::stray_slot:
      return "STRAY_SLOT";
  }
  return "?";
}

bool is_fault(Finding finding) {
  return finding != Finding::behind && finding != Finding::stray_slot;
}

void Findings::add(Finding finding, std::optional<std::uint64_t> seq, std::string where,
                   std::string message) {
  ++in_all_;
  if (is_fault(finding)) ++faults_;
  found_.push_back({finding, seq, std::move(where), std::move(message)});
  if (found_.size() > 2 * most_) shorten();
}

void Findings::take(Findings&& other) {
  in_all_ += other.in_all_;
  faults_ += other.faults_;
  std::move(other.found_.begin(), other.found_.end(), std::back_inserter(found_));
  other.found_.clear();
  shorten();
}

void Findings::report_to(Report& report) && {
  shorten();
  report.findings = std::move(found_);
  report.findings_in_all = in_all_;
  report.faults = faults_;
}

// std::optional sorts what is empty first.
void Findings::shorten() {
  std::ranges::stable_sort(found_, {}, &Found::seq);
  if (found_.size() > most_)
    found_.erase(found_.begin() + static_cast<std::ptrdiff_t>(most_), found_.end());
}

}  // namespace stagegate::audit
