// What a verification has found, the first ones by record. Those beyond are counted only: a log
// that was made anew has as many as it has records.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "common/audit/verify/verify.hpp"

namespace stagegate::audit {

// Of one thread.
class Findings {
 public:
  explicit Findings(std::size_t most) : most_(most) {}
  void add(Finding finding, std::optional<std::uint64_t> seq, std::string where,
           std::string message);
  // A message that takes time to make is not worth making for one that is only counted.
  bool full() const { return found_.size() >= most_; }
  void take(Findings&& other);
  // Sorted by record, those about the log as a whole first.
  void report_to(Report& report) &&;

 private:
  void shorten();
  std::size_t most_;
  std::vector<Found> found_;
  std::uint64_t in_all_ = 0;
  std::uint64_t faults_ = 0;
};

}  // namespace stagegate::audit
