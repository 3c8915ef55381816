#include "common/imageset/persist.hpp"

#include <random>

namespace stagegate::imageset {

using std::chrono::milliseconds;

Pace::Pace(milliseconds first, milliseconds longest)
    : pause_(std::min(first, longest)), longest_(longest) {}

milliseconds Pace::next(std::optional<milliseconds> asked_for) {
  static std::minstd_rand dice{std::random_device{}()};
  const double factor = std::uniform_real_distribution<double>(0.8, 1.2)(dice);
  const milliseconds now(static_cast<long>(static_cast<double>(pause_.count()) * factor));
  pause_ = std::min(pause_ * 3 / 2, longest_);
  return std::max(now, asked_for.value_or(milliseconds(0)));
}

}  // namespace stagegate::imageset
