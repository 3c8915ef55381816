// What a command writes, on its way to the log; the last lines of it are kept for the report.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "common/time/clock.hpp"

namespace stagegate::inttest {

class Transcript {
 public:
  static constexpr std::size_t kKept = 20;

  Transcript(const time::Clock& clock, bool timestamps) : clock_(clock), timestamps_(timestamps) {}

  // To stderr: stdout is for the result. Known secrets are masked.
  void line(std::string_view line);
  const std::deque<std::string>& tail() const { return tail_; }

 private:
  const time::Clock& clock_;
  bool timestamps_;
  std::deque<std::string> tail_;
};

}  // namespace stagegate::inttest
