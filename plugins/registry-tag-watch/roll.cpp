#include "plugins/registry-tag-watch/roll.hpp"

#include <algorithm>

namespace stagegate::tag_watch {

std::vector<std::size_t> Roll::missing() const {
  std::vector<std::size_t> images;
  for (std::size_t image = 0; image < sights_.size(); ++image) {
    if (sights_[image].state != Sight::State::present) images.push_back(image);
  }
  return images;
}

bool Roll::any_trouble() const {
  return std::ranges::any_of(
      sights_, [](const Sight& sight) { return sight.state == Sight::State::trouble; });
}

std::vector<std::size_t> Roll::first(bool all) const {
  std::vector<std::size_t> open = missing();
  if (!all && open.size() > 1) open.erase(open.begin(), open.end() - 1);
  return open;
}

std::vector<std::size_t> Roll::rest(std::size_t asked) const {
  if (sights_[asked].state != Sight::State::present) return {};
  return missing();
}

}  // namespace stagegate::tag_watch
