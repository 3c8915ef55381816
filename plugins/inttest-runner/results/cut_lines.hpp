// Cuts a stream into lines of which no more than a beginning is kept.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "common/result/result.hpp"

namespace stagegate::inttest {

struct CutLine {
  std::string_view text;  // without its end, LF or CR LF; valid during the call
  bool cut = false;       // it goes on
};

class CutLines {
 public:
  using Each = std::function<Result<>(const CutLine& line)>;

  CutLines(std::size_t longest, Each each) : longest_(longest), each_(std::move(each)) {}
  // A failure is that of `each`.
  Result<> feed(std::string_view bytes);
  // Whether something stands behind the end of the last line.
  bool begun() const { return !kept_.empty(); }

 private:
  void keep(std::string_view bytes);

  std::size_t longest_;
  Each each_;
  std::string kept_;  // of the line that has begun, at most a little more than the longest
};

}  // namespace stagegate::inttest
