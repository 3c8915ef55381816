// Whether to ask again, and when. A pure decision; the dice are thrown by the caller.
//
// clang-format off
// | what came back                               | asked again                                                  |
// |----------------------------------------------|--------------------------------------------------------------|
// | no connection: name, connect, time-out, cut  | any request: nothing of it has been sent                     |
// | time-out, connection cut, HTTP/2 error       | repeatable requests whose answer the caller has not begun    |
// | 408, 425, 429, 502, 503, 504                 | repeatable requests, not before Retry-After                  |
// | 500 and every other status                   | never: a server's bug is not mended by asking again          |
// | TLS or certificate refused, proxy's no,      | never                                                        |
// | no HTTP, too long                            |                                                              |
// clang-format on
#pragma once

#include <chrono>
#include <optional>

#include "common/http/fault.hpp"

namespace stagegate::http {

struct RetryPolicy {
  int attempts = 4;  // in all
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds longest{15'000};
  // A server that wants a longer pause gets no further request, and the caller its answer.
  std::chrono::milliseconds longest_retry_after{120'000};
};

struct Outcome {
  Fault fault = Fault::none;
  int status = 0;  // when there is no fault
  // The request does no harm when it is made twice, and its body can be sent again.
  bool repeatable = true;
  bool sent = true;           // something of the request may have reached the server
  bool answer_begun = false;  // the caller has been given a part of the answer
  std::optional<std::chrono::milliseconds> retry_after;
};

// Whether the outcome is one of the table that is asked again.
bool worth_repeating(const Outcome& outcome);

// The pause before attempt number `made` + 1, or empty: leave it at this outcome. The pause is
// anything between 0 and a bound that doubles each time ("full jitter": clients that failed
// together do not come back together); `dice` is in [0, 1). A pause that would not end within
// `left` is not begun.
std::optional<std::chrono::milliseconds> decide_retry(const RetryPolicy& policy, int made,
                                                      const Outcome& outcome,
                                                      std::optional<std::chrono::milliseconds> left,
                                                      double dice);

}  // namespace stagegate::http
