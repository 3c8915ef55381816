// What the gate has answered each promotion, so that a promotion that asks again (Kargo polls, and
// starts over after a restart) gets a consistent answer.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/time/instant.hpp"
#include "plugins/market-hours-check/serve/question.hpp"

namespace stagegate::market_hours {

enum class Decision : std::uint8_t { allow, wait, deny };
std::string_view name_of(Decision decision);

// The part of a verdict that an answer is made of.
struct Ruling {
  Decision decision;
  time::Instant at;
  std::optional<time::Instant> until;  // allowed: when the market opens; empty: not in sight
  std::string message = {};            // for people
};

// A promotion as the gate knows it.
struct Known {
  Question asked;  // as it was first asked about
  Decision decision;
  std::string message;
  time::Instant first_asked_at;
  time::Instant last_asked_at;
};

struct Recalled {
  time::Instant first_asked_at;
  std::optional<time::Instant> allowed_since;
  bool repeated = false;  // the same was answered before: not another decision
  // The promotion was first asked about something else; says what. Nothing was remembered.
  std::string conflict;
};

// Bounded: the promotion that has not been asked about for longest is forgotten first. It is then
// judged like a new one, by the same clock, so that forgetting never opens the gate. Threads may
// share it.
class PromotionMemory {
 public:
  explicit PromotionMemory(std::size_t most = 10'000) : most_(most) {}

  // An allow ends when the market opens: asked again after that, the promotion is judged anew and
  // `allowed_since` begins anew, even when nobody asked in between.
  Recalled record(const Question& question, const Ruling& ruling);

  // What record() would answer as conflict, before anything is decided.
  std::string conflict(const Question& question) const;

  std::size_t size() const;

  // Those that were told to wait and have asked again since then, the one that waits longest first.
  std::vector<Known> waiting(time::Instant since) const;
  std::optional<Known> find(const std::string& project, const std::string& promotion) const;

 private:
  struct Promotion {
    std::string key;
    Question asked;
    time::Instant first_asked_at;
    std::optional<Ruling> last;
    std::optional<time::Instant> allowed_since;
  };
  using Recency = std::list<Promotion>;  // asked last comes first

  static std::string conflict_of(const Promotion& known, const Question& question);
  static bool still_allowed(const Promotion& known, const Ruling& ruling);
  static Known known(const Promotion& promotion);
  Promotion& find_or_add(const Question& question, const Ruling& ruling);

  std::size_t most_;
  mutable std::mutex mutex_;
  Recency recency_;
  std::unordered_map<std::string, Recency::iterator> by_key_;
};

}  // namespace stagegate::market_hours
