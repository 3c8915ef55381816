// The middle and the upper end of some lengths of time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace stagegate::audit_writer {

// Below this number a median says little.
inline constexpr std::size_t kSmallestSample = 5;

class Lengths {
 public:
  void add(std::chrono::milliseconds length) {
    lengths_.push_back(std::max(length, std::chrono::milliseconds{0}));
  }
  std::size_t count() const { return lengths_.size(); }
  bool too_small() const { return count() < kSmallestSample; }
  // Of an even number the mean of the two in the middle. Empty without any.
  std::optional<std::chrono::milliseconds> median() const;
  // The smallest that at least nine of ten do not exceed.
  std::optional<std::chrono::milliseconds> p90() const;

 private:
  // Eight bytes for each deployment of the period: all that a report on any log keeps.
  std::vector<std::chrono::milliseconds> lengths_;
};

}  // namespace stagegate::audit_writer
