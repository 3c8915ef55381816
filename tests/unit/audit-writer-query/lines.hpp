// A log in memory, in a few words.
#pragma once

#include <string>

#include "common/text/text.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

namespace stagegate::tests {

class Lines : public audit_writer::RecordLines {
 public:
  // `members` stands between the braces.
  Lines& add(const std::string& ts, const std::string& members) {
    RecordLines::add(text::cat("{\"ts\":\"", ts, "\",", members, "}"));
    return *this;
  }
  Lines& deploy(const std::string& ts, const std::string& stage, const std::string& tag,
                const std::string& more = "{}") {
    add_promotion("succeeded", stage, tag, ts, more);
    return *this;
  }
  Lines& raw(const std::string& line) {
    add_line(line);
    return *this;
  }
};

}  // namespace stagegate::tests
