// Cuts a stream into lines.
#pragma once

#include <string>
#include <string_view>

#include "common/http/client_request.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

class Lines {
 public:
  Lines(LineSink sink, std::size_t longest) : sink_(std::move(sink)), longest_(longest) {}

  // The next bytes. A line longer than `longest` is a failure (unknown): it would be kept until its
  // end.
  Result<Flow> feed(std::string_view bytes);
  // The stream is over: a last line without its end is a line too.
  Result<Flow> finish();

 private:
  Result<Flow> emit(std::string_view line);
  LineSink sink_;
  std::size_t longest_;
  std::string begun_;
};

}  // namespace stagegate::http
