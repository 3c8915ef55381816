#include "common/http/retry.hpp"

#include <algorithm>

namespace stagegate::http {

using std::chrono::milliseconds;

namespace {

bool may_pass(int status) {
  return status == 408 || status == 425 || status == 429 || status == 502 || status == 503 ||
         status == 504;
}

// The bound of the pause after `made` attempts.
milliseconds bound(const RetryPolicy& policy, int made) {
  milliseconds doubled = policy.base;
  for (int i = 1; i < made && doubled < policy.longest; ++i) doubled *= 2;
  return std::min(doubled, policy.longest);
}

}  // namespace

bool worth_repeating(const Outcome& outcome) {
  if (outcome.fault == Fault::none) return may_pass(outcome.status) && outcome.repeatable;
  if (!may_pass(outcome.fault) || outcome.answer_begun) return false;
  return outcome.repeatable || !outcome.sent;
}

std::optional<milliseconds> decide_retry(const RetryPolicy& policy, int made,
                                         const Outcome& outcome, std::optional<milliseconds> left,
                                         double dice) {
  if (made >= policy.attempts || !worth_repeating(outcome)) return std::nullopt;
  const milliseconds asked_for = outcome.retry_after.value_or(milliseconds(0));
  if (asked_for > policy.longest_retry_after) return std::nullopt;
  const auto longest = static_cast<double>(bound(policy, made).count());
  const milliseconds pause = std::max(asked_for, milliseconds(static_cast<long>(longest * dice)));
  if (left && pause >= *left) return std::nullopt;
  return pause;
}

}  // namespace stagegate::http
