#include "plugins/market-hours-check/serve/memory.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// A length in front, so that no two pairs of names run together into the same key.
std::string key_of(const std::string& project, const std::string& promotion) {
  return cat(project.size(), ":", project, promotion);
}

std::string difference(std::string_view what, const std::string& first, const std::string& now) {
  if (first == now) return "";
  return cat(what, " ", text::quoted(first), " then, ", text::quoted(now), " now");
}

}  // namespace

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::allow:
      return "allow";
    case Decision::wait:
      return "wait";
    case Decision::deny:
      break;
  }
  return "deny";
}

std::string PromotionMemory::conflict_of(const Promotion& known, const Question& question) {
  std::vector<std::string> differences;
  for (auto& text : {difference("stage", known.asked.stage, question.stage),
                     difference("freight", known.asked.freight, question.freight),
                     difference("image tag", known.asked.image_tag, question.image_tag)}) {
    if (!text.empty()) differences.push_back(text);
  }
  if (differences.empty()) return "";
  return cat("the promotion ", text::quoted(question.promotion),
             " was asked about before, for something else: ", text::join(differences, "; "));
}

// A clock that was set back makes an allow of the future void as well.
bool PromotionMemory::still_allowed(const Promotion& known, const Ruling& ruling) {
  return known.allowed_since && known.last && known.last->decision == Decision::allow &&
         *known.allowed_since <= ruling.at &&
         (!known.last->until || ruling.at < *known.last->until);
}

PromotionMemory::Promotion& PromotionMemory::find_or_add(const Question& question,
                                                         const Ruling& ruling) {
  const std::string key = key_of(question.project, question.promotion);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    recency_.splice(recency_.begin(), recency_, found->second);
    return recency_.front();
  }
  if (recency_.size() >= most_) {
    by_key_.erase(recency_.back().key);
    recency_.pop_back();
  }
  recency_.push_front({.key = key,
                       .asked = question,
                       .first_asked_at = ruling.at,
                       .last = std::nullopt,
                       .allowed_since = std::nullopt});
  by_key_.emplace(key, recency_.begin());
  return recency_.front();
}

Recalled PromotionMemory::record(const Question& question, const Ruling& ruling) {
  const std::lock_guard lock(mutex_);
  Promotion& known = find_or_add(question, ruling);
  Recalled recalled{.first_asked_at = known.first_asked_at,
                    .allowed_since = std::nullopt,
                    .repeated = false,
                    .conflict = conflict_of(known, question)};
  if (!recalled.conflict.empty()) return recalled;

  if (ruling.decision == Decision::allow) {
    recalled.repeated = still_allowed(known, ruling);
    if (!recalled.repeated) known.allowed_since = ruling.at;
  } else {
    recalled.repeated = known.last && known.last->decision == ruling.decision;
    known.allowed_since.reset();
  }
  known.last = ruling;
  recalled.allowed_since = known.allowed_since;
  return recalled;
}

std::string PromotionMemory::conflict(const Question& question) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(question.project, question.promotion));
  return found == by_key_.end() ? "" : conflict_of(*found->second, question);
}

Known PromotionMemory::known(const Promotion& promotion) {
  return {.asked = promotion.asked,
          .decision = promotion.last->decision,
          .message = promotion.last->message,
          .first_asked_at = promotion.first_asked_at,
          .last_asked_at = promotion.last->at};
}

std::vector<Known> PromotionMemory::waiting(time::Instant since) const {
  std::vector<Known> found;
  const std::lock_guard lock(mutex_);
  for (const Promotion& promotion : recency_) {
    const auto& last = promotion.last;
    if (last && last->decision == Decision::wait && last->at >= since) {
      found.push_back(known(promotion));
    }
  }
  std::sort(found.begin(), found.end(), [](const Known& left, const Known& right) {
    return left.first_asked_at < right.first_asked_at;
  });
  return found;
}

std::optional<Known> PromotionMemory::find(const std::string& project,
                                           const std::string& promotion) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(project, promotion));
  if (found == by_key_.end() || !found->second->last) return std::nullopt;
  return known(*found->second);
}

std::size_t PromotionMemory::size() const {
  const std::lock_guard lock(mutex_);
  return recency_.size();
}

}  // namespace stagegate::market_hours
