// Where a tag has been: each stay in a stage, and the attempts that came to nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

struct Stay {
  std::string stage;
  Record promotion;                   // that brought it there
  std::optional<Record> replaced_by;  // none: it is there now
};

struct Whereabouts {
  std::vector<Stay> stays;       // in the log's order
  std::vector<Record> attempts;  // promotions of it that failed, were blocked, ...
};

// `tag` whole, or the first 7 and more characters.
Result<Whereabouts> find_tag(const RecordSource& source, const std::string& tag);

}  // namespace stagegate::audit_writer
