// Records as one HTML page that needs nothing else.
#pragma once

#include <string>

#include "common/audit/tree/checkpoint.hpp"
#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

std::string history_page_head();
std::string history_page_row(const Record& record);
std::string history_page_foot(const audit::Checkpoint& head);

}  // namespace stagegate::audit_writer
