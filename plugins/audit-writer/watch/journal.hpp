// The log, written by somebody who sees everything again and again: what stands in it already is
// found by its key, however long ago that was and whoever has recorded it.
//
// The log itself is the memory. It is read once, and from then on only what is new; a record is
// appended only to a log whose every line has been looked at, so that two watchers that see the
// same thing at the same time record it once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/audit/log/log.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

class Journal {
 public:
  explicit Journal(audit::Log log) : log_(std::move(log)) {}

  // Takes note of what has been added to the log since the last time.
  Result<> catch_up();
  // The number of the record with this key, as of then.
  std::optional<std::uint64_t> find(const std::string& key) const;
  // nullopt: it stands there already.
  Result<std::optional<audit::Appended>> record(const audit::Draft& draft);

 private:
  Result<> follow(const audit::View& view);

  audit::Log log_;
  std::uint64_t read_ = 0;  // records
  std::unordered_map<std::string, std::uint64_t> keys_;
};

}  // namespace stagegate::audit_writer
