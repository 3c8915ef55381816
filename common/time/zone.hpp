// Time zones from the tz data that is built into the binary; the host's files are never read by
// accident.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/instant.hpp"

namespace stagegate::time {

// A local time that a zone change skips or repeats has no or two instants.
struct LocalInstants {
  enum class Kind { unique, skipped, repeated } kind;
  Instant first;  // skipped: the first instant after the gap
  Instant last;   // differs from `first` only when repeated
};

struct ZoneOffset {
  seconds offset;           // east of Greenwich
  std::string_view abbrev;  // "EST"
  bool daylight_saving;
};

struct TransitionTable;  // common/time/tzif.hpp

class Zone {
 public:
  // "America/New_York". Unknown names fail (kind unknown) and name the nearest known one.
  static Result<const Zone*> find(std::string_view name);
  static std::vector<std::string> names();

  const std::string& name() const;
  ZoneOffset at(Instant instant) const;
  Local to_local(Instant instant) const;
  LocalInstants to_instants(Local local) const;
  // The changes of offset in (from, to].
  std::vector<Instant> changes(Instant from, Instant to) const;

  Zone(std::string name, TransitionTable table);
  ~Zone();

 private:
  std::string name_;
  std::unique_ptr<const TransitionTable> table_;
};

// The tz data's version, "2026f".
std::string_view zone_data_version();

// Reads zones from a directory of TZif files instead of the built-in data (setting `tzdir`). Before
// any find().
Result<> use_zone_directory(const std::string& path);

// "16:00 EST", "16:00:30 EST", "Fri 2026-11-27 13:00 EST"
std::string show_time(Instant instant, const Zone& zone);
std::string show_day_and_time(Instant instant, const Zone& zone);

}  // namespace stagegate::time
