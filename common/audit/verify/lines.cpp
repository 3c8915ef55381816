#include "common/audit/verify/lines.hpp"

#include <optional>
#include <system_error>

#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/fs/line_reader.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {

std::string RecordLine::where() const {
  return text::cat("records/", layout.segment(segment).filename().native(), ":", number);
}

Result<> each_line(const Layout& layout, std::uint64_t size,
                   const std::function<void(const RecordLine&)>& visit) {
  for (std::uint64_t segment = 0; segment << kSegmentBits < size; ++segment) {
    std::error_code error;
    if (!std::filesystem::exists(layout.segment(segment), error) && !error) continue;
    auto reader = fs::LineReader::open(layout.segment(segment), kLongestLine);
    if (!reader) return forward(std::move(reader).error());
    for (std::uint64_t number = 1;; ++number) {
      const auto line = reader->next();
      if (!line) return forward(line.error());
      if (!*line) break;
      const auto stub = parse_stub((*line)->text);
      const auto head = stub ? std::nullopt : read_head((*line)->text);
      if (!stub && !head) continue;
      const std::uint64_t seq = stub ? stub->seq : head->seq;
      if (seq < size && (*line)->ended) {
        visit({seq, (*line)->text, stub.has_value(), layout, segment, number});
      }
    }
  }
  return {};
}

}  // namespace stagegate::audit
