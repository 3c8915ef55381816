// Records that could not be stored, found again in what the program has printed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/record/record.hpp"

namespace stagegate::audit_writer {

struct PendingRecord {
  std::size_t line = 0;  // of the text, from 1
  audit::Draft draft;
};

struct Pending {
  std::vector<PendingRecord> records;
  std::vector<std::string> faults;  // lines that hold the mark and no record: "line 7: ..."
};

// In the log of a CI, whatever it puts in front of a line, and in JSON results (their `pending`).
Pending find_pending(std::string_view text);

}  // namespace stagegate::audit_writer
