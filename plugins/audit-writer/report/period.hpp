// The time that a report is about.
#pragma once

#include <string>
#include <string_view>

#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

struct Period {
  std::string name;
  audit::Stamp from;
  audit::Stamp until;  // the first moment that is no longer in it

  bool holds(audit::Stamp at) const { return from <= at && at < until; }
};

// "2026", "2026-Q3", "2026-07", "2026-07-15" in UTC; "2026-07-01/2026-08-15" (the last day is not
// in it) or any two points in time that parse_when() reads; "30d" until now. Empty: the quarter
// that `now` is in.
Result<Period> parse_period(std::string_view text, audit::Stamp now);

}  // namespace stagegate::audit_writer
