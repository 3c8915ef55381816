// One request on its way through attempts, redirects and pauses. Internal to the client.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <variant>

#include "common/http/client_request.hpp"
#include "common/http/redirect.hpp"
#include "common/http/retry.hpp"
#include "common/http/transfer.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

class Call {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  struct Again {
    milliseconds pause;  // 0 after a redirect
  };
  using Step = std::variant<Again, Result<Response>>;

  // Fails (usage) for a request that cannot be sent as it is.
  static Result<Call> begin(const Request& request);

  // Sets up the next attempt. `uptime` is now, on the clock of the request's deadline.
  Result<Transfer*> start(const Wiring& wiring, milliseconds uptime);
  // What follows from how the attempt ended.
  Step finish(CURLcode code, const RetryPolicy& policy, milliseconds uptime, double dice);

  const Url& url() const { return asked_.url; }
  Transfer* transfer() const { return transfer_.get(); }
  void drop_transfer() { transfer_.reset(); }

  Moment due{};  // when the next attempt may start

 private:
  Call(const Request& request, Asked asked) : request_(&request), asked_(std::move(asked)) {}
  std::optional<milliseconds> left(milliseconds uptime) const;
  bool body_repeatable() const;
  bool falls_back(const Outcome& outcome) const;
  Step follow(const Response& response);
  Result<Response> result_of(Ending ending, milliseconds uptime) const;

  const Request* request_;
  Asked asked_;  // now: redirects change it
  bool trusted_ = true;
  bool http1_ = false;
  int attempts_ = 0;         // begun
  int redirects_ = 0;        // followed
  bool body_begun_ = false;  // the source is no longer at its start
  bool redirected_ = false;  // the next attempt is the same one, at another address
  std::unique_ptr<Transfer> transfer_;
};

}  // namespace stagegate::http
