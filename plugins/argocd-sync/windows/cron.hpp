// When a sync window begins: five fields of cron, read as Argo CD reads them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/result/result.hpp"
#include "common/time/instant.hpp"

namespace stagegate::argocd {

// Minute, hour, day of the month, month, day of the week, in the dialect of the library that Argo
// CD uses (robfig/cron v3, without @daily and its like): names, lists, ranges, steps, ? for *; the
// days of the week are 0 to 6, 7 is no Sunday; a day counts when it fits either day field, or both
// where one of them is a plain *.
class Cron {
 public:
  // Fails (usage) and says which field is wrong.
  static Result<Cron> parse(std::string_view text);

  // The first beginning after the given time; empty when there is none until the end of the fifth
  // year after it.
  std::optional<time::Local> next(time::Local after) const;

 private:
  // One bit for each value that fits.
  struct Field {
    std::uint64_t values = 0;
    bool any = false;  // a plain * is in it
    bool holds(unsigned value) const { return (values >> value & 1U) != 0; }
  };
  struct Range;
  static Result<Field> parse_field(std::string_view text, const Range& range);

  bool fits(time::Date day) const;

  std::array<Field, 5> fields_;
};

}  // namespace stagegate::argocd
