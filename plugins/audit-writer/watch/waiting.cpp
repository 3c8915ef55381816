#include "plugins/audit-writer/watch/waiting.hpp"

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

bool is_word_of_an_event(const Fact& fact) {
  return fact.event == "approved" && fact.by.claimed;
}

bool is_complete(const Fact& fact, const Scene& scene) {
  if (is_word_of_an_event(fact)) return scene.is_approved(fact);
  return !fact.second_hand && scene.freight_of(fact).has_value();
}

// Whoever may write Events can write that somebody has approved something, or that a promotion
// which still runs has ended. Kargo's own object is what counts, and it has had its time to say the
// same: a record of an invention would also keep out the true one, which has the same key.
bool is_invented(const Fact& fact, const Scene& scene) {
  if (is_word_of_an_event(fact)) return !scene.is_approved(fact);
  return fact.second_hand && fact.by.claimed && scene.has_object_of(fact);
}

void tell_of_invention(const Fact& fact) {
  log::warning(text::cat("an Event (", fact.kargo_event, ") says that ",
                         text::quoted(fact.promotion.empty() ? fact.freight : fact.promotion),
                         " is ", fact.event, " in ", text::quoted(fact.stage), ", by ",
                         text::quoted(fact.by.actor),
                         ", but what Kargo itself has does not say so: not recorded"));
}

}  // namespace

void Waiting::add(Fact fact, Uptime now) {
  const auto found = held_.find(fact.key);
  if (found == held_.end()) {
    std::string key = fact.key;
    held_.emplace(std::move(key), Held{std::move(fact), now + patience_});
  } else if (found->second.fact.second_hand || !fact.second_hand) {
    found->second.fact = std::move(fact);
  }
}

std::vector<Fact> Waiting::take_ready(const Scene& scene, Uptime now, bool all) {
  std::vector<Fact> ready;
  for (auto at = held_.begin(); at != held_.end();) {
    Held& held = at->second;
    const bool due = all || held.until <= now;
    if (!due && !is_complete(held.fact, scene)) {
      ++at;
      continue;
    }
    if (is_invented(held.fact, scene)) {
      tell_of_invention(held.fact);
    } else {
      ready.push_back(std::move(held.fact));
    }
    at = held_.erase(at);
  }
  // What has no time has just happened.
  std::stable_sort(ready.begin(), ready.end(), [](const Fact& left, const Fact& right) {
    if (!left.at || !right.at) return left.at.has_value() && !right.at;
    if (*left.at != *right.at) return *left.at < *right.at;
    return left.event == "requested" && right.event != "requested";
  });
  return ready;
}

std::optional<Waiting::Uptime> Waiting::next() const {
  std::optional<Uptime> soonest;
  for (const auto& [key, held] : held_) {
    if (!soonest || held.until < *soonest) soonest = held.until;
  }
  return soonest;
}

}  // namespace stagegate::audit_writer
