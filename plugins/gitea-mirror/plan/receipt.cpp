#include "plugins/gitea-mirror/plan/receipt.hpp"

#include <algorithm>
#include <numeric>

namespace stagegate::mirror {

Receipt::Receipt(const Plan& plan, const std::vector<Change>& commands)
    : plan_(&plan), commands_(&commands), fates_(commands.size(), Fate::untold) {}

void Receipt::note(const RefStatus& status) {
  const std::size_t at = find(status.name);
  if (at == fates_.size() || fates_[at] != Fate::untold) return;
  next_ = at + 1;
  fates_[at] = status.taken ? Fate::taken : Fate::refused;
  if (status.taken) {
    ++taken_;
  } else {
    refused_.push_back({at, std::string(status.reason)});
  }
}

std::vector<std::size_t> Receipt::untold() const {
  std::vector<std::size_t> untold;
  for (std::size_t at = 0; at < fates_.size(); ++at) {
    if (fates_[at] == Fate::untold) untold.push_back(at);
  }
  return untold;
}

std::size_t Receipt::find(std::string_view name) {
  const auto name_at = [this](std::size_t at) { return plan_->update((*commands_)[at]).name; };
  if (next_ < fates_.size() && name_at(next_) == name) return next_;
  if (by_name_.empty()) {
    by_name_.resize(fates_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0u);
    std::sort(by_name_.begin(), by_name_.end(), [&](std::uint32_t left, std::uint32_t right) {
      return name_at(left) < name_at(right);
    });
  }
  const auto place = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [&](std::uint32_t at, std::string_view wanted) { return name_at(at) < wanted; });
  if (place == by_name_.end() || name_at(*place) != name) return fates_.size();
  return *place;
}

}  // namespace stagegate::mirror
