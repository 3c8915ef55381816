// A log's lines as they stand, whatever is wrong with them: verification goes on where a reader of
// the log would stop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/audit/log/layout.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct RecordLine {
  std::uint64_t seq;
  std::string_view text;
  bool stub;
  const Layout& layout;
  std::uint64_t segment;
  std::uint64_t number;  // in its file, from 1
  std::string where() const;
};

// Those that say that they are one of the first `size` records. Segments that are not there are
// passed over.
Result<> each_line(const Layout& layout, std::uint64_t size,
                   const std::function<void(const RecordLine&)>& visit);

}  // namespace stagegate::audit
