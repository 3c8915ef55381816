// Records as a table for spreadsheets.
#pragma once

#include <string>
#include <string_view>

#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

// RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe; control
// characters and direction marks are shown as "\u202e".
std::string csv_head();
std::string csv_row(const Record& record);

// For one cell.
std::string csv_cell(std::string_view text);

}  // namespace stagegate::audit_writer
