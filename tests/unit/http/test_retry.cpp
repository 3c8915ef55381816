#include "common/http/retry.hpp"
#include "tests/catch.hpp"

using namespace stagegate::http;
using std::chrono::milliseconds;

namespace {

constexpr std::optional<milliseconds> kNoDeadline;

Outcome answered(int status) {
  Outcome outcome;
  outcome.status = status;
  return outcome;
}

Outcome failed(Fault fault) {
  Outcome outcome;
  outcome.fault = fault;
  return outcome;
}

bool repeated(const Outcome& outcome) {
  return decide_retry({}, 1, outcome, kNoDeadline, 0.5).has_value();
}

}  // namespace

TEST_CASE("only statuses that pass by themselves are asked again") {
  for (const int status : {408, 425, 429, 502, 503, 504}) CHECK(repeated(answered(status)));
  for (const int status : {200, 201, 301, 304, 400, 401, 403, 404, 409, 415, 422, 500, 501, 505}) {
    INFO(status);
    CHECK_FALSE(repeated(answered(status)));
  }
}

TEST_CASE("only faults that pass by themselves are tried again") {
  for (const Fault fault : {Fault::resolve, Fault::resolve_proxy, Fault::connect, Fault::timeout,
                            Fault::stalled, Fault::cut_off, Fault::http2}) {
    CHECK(repeated(failed(fault)));
  }
  for (const Fault fault : {Fault::certificate, Fault::tls, Fault::proxy_refused, Fault::malformed,
                            Fault::too_long, Fault::local}) {
    CHECK_FALSE(repeated(failed(fault)));
  }
}

TEST_CASE("a request that does harm twice is repeated only when nothing of it was sent") {
  Outcome outcome = failed(Fault::cut_off);
  outcome.repeatable = false;
  CHECK_FALSE(repeated(outcome));
  outcome.sent = false;
  CHECK(repeated(outcome));

  Outcome busy = answered(503);
  busy.repeatable = false;
  CHECK_FALSE(repeated(busy));
}

TEST_CASE("an answer that the caller has begun to read is not asked for again") {
  Outcome outcome = failed(Fault::cut_off);
  outcome.answer_begun = true;
  CHECK_FALSE(repeated(outcome));
}

TEST_CASE("the pause is drawn from a bound that doubles up to its limit") {
  RetryPolicy policy;
  policy.attempts = 100;
  policy.base = milliseconds(500);
  policy.longest = milliseconds(15'000);
  const auto pause = [&](int made, double dice) {
    return decide_retry(policy, made, answered(503), kNoDeadline, dice).value().count();
  };
  CHECK(pause(1, 0.5) == 250);
  CHECK(pause(2, 0.5) == 500);
  CHECK(pause(3, 0.5) == 1000);
  CHECK(pause(6, 0.5) == 7500);
  CHECK(pause(99, 0.5) == 7500);
  CHECK(pause(3, 0.0) == 0);
}

TEST_CASE("the number of attempts is bounded") {
  RetryPolicy policy;
  policy.attempts = 3;
  CHECK(decide_retry(policy, 2, answered(503), kNoDeadline, 0).has_value());
  CHECK_FALSE(decide_retry(policy, 3, answered(503), kNoDeadline, 0).has_value());
  policy.attempts = 1;
  CHECK_FALSE(decide_retry(policy, 1, answered(503), kNoDeadline, 0).has_value());
}

TEST_CASE("Retry-After is the least pause, whatever the dice say") {
  Outcome outcome = answered(429);
  outcome.retry_after = milliseconds(7000);
  CHECK(decide_retry({}, 1, outcome, kNoDeadline, 0) == milliseconds(7000));
  outcome.retry_after = milliseconds(100);
  CHECK(decide_retry({}, 1, outcome, kNoDeadline, 0.9) == milliseconds(450));
}

TEST_CASE("a server that wants too long a pause is left alone") {
  Outcome outcome = answered(429);
  outcome.retry_after = std::chrono::hours(6);
  CHECK_FALSE(decide_retry({}, 1, outcome, kNoDeadline, 0).has_value());
}

TEST_CASE("a pause that would not end before the deadline is not begun") {
  Outcome outcome = answered(503);
  outcome.retry_after = milliseconds(5000);
  CHECK_FALSE(decide_retry({}, 1, outcome, milliseconds(5000), 0).has_value());
  CHECK(decide_retry({}, 1, outcome, milliseconds(5001), 0) == milliseconds(5000));
}
