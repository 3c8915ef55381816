// Feeds the records of a log in memory to a reader.
#pragma once

#include "plugins/audit-writer/report/period.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

namespace stagegate::audit_writer {

inline audit::Stamp stamp(const std::string& text) {
  const auto at = audit::parse_stamp(text);
  REQUIRE(at);
  return *at;
}

inline Period quarter() {
  return *parse_period("2026-Q4", stamp("2026-12-31T00:00:00.000Z"));
}

template <class Reader>
void read(Reader& reader, const RecordLines& log) {
  REQUIRE(each_record(log, 0, [&](const Record& record) {
    reader.take(record);
    return audit::Next::go_on;
  }));
}

}  // namespace stagegate::audit_writer
