#include "plugins/audit-writer/report/quantiles.hpp"

namespace stagegate::audit_writer {
namespace {

using std::chrono::milliseconds;

// The one at `rank` (from 0) in order.
milliseconds at_rank(std::vector<milliseconds> lengths, std::size_t rank) {
  const auto place = lengths.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(lengths.begin(), place, lengths.end());
  return *place;
}

}  // namespace

std::optional<milliseconds> Lengths::median() const {
  if (lengths_.empty()) return std::nullopt;
  const auto upper = at_rank(lengths_, lengths_.size() / 2);
  if (lengths_.size() % 2 == 1) return upper;
  return (at_rank(lengths_, lengths_.size() / 2 - 1) + upper) / 2;
}

std::optional<milliseconds> Lengths::p90() const {
  if (lengths_.empty()) return std::nullopt;
  return at_rank(lengths_, (lengths_.size() * 9 + 9) / 10 - 1);
}

}  // namespace stagegate::audit_writer
