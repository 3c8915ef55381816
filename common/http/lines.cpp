#include "common/http/lines.hpp"

#include "common/text/text.hpp"

namespace stagegate::http {

Result<Flow> Lines::emit(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > longest_) {
    return unknown(text::cat("the stream contains a line longer than ", longest_, " bytes"));
  }
  return sink_(line);
}

Result<Flow> Lines::feed(std::string_view bytes) {
  while (true) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    Result<Flow> flow = Flow::go_on;
    if (begun_.empty()) {
      flow = emit(bytes.substr(0, end));
    } else {
      begun_ += bytes.substr(0, end);
      flow = emit(begun_);
      begun_.clear();
    }
    if (!flow || *flow == Flow::enough) return flow;
    bytes.remove_prefix(end + 1);
  }
  begun_ += bytes;
  // One byte more is allowed for the CR of a line of full length.
  if (begun_.size() > longest_ + 1) return emit(begun_);
  return Flow::go_on;
}

Result<Flow> Lines::finish() {
  if (begun_.empty()) return Flow::go_on;
  const std::string last = std::exchange(begun_, {});
  return emit(last);
}

}  // namespace stagegate::http
