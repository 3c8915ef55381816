// The HTTP client. libcurl does the work; what it leaves open is decided here: what is worth asking
// again and when (retry.hpp), where redirects may lead (redirect.hpp), who is trusted (trust.hpp),
// what a failure says (fault.hpp).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/http/client_request.hpp"
#include "common/http/proxy.hpp"
#include "common/http/retry.hpp"
#include "common/http/trust.hpp"
#include "common/result/result.hpp"
#include "common/time/clock.hpp"

namespace stagegate::http {

struct ClientOptions {
  std::string user_agent = "stagegate";
  TrustSettings trust;
  bool insecure = false;  // certificates are not looked at; logged as a warning
  std::string proxy;      // see choose_proxies()
  milliseconds connect_timeout{10'000};
  RetryPolicy retry;
  Environment environment = process_environment();
};

// Keeps connections open between requests. Belongs to one thread at a time; two threads may have
// one each.
class Client {
 public:
  // `interrupt_fd` becomes readable when the program should end (common/step): every request then
  // fails at once. Deadlines are read on the clock's uptime; pauses and time-outs run in real time.
  Client(ClientOptions options, const time::Clock& clock, int interrupt_fd = -1);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Every answer of the server is a Response, whatever its status. A failure (unknown, deadline, or
  // usage for a malformed request) names the address and what to do, and contains no secret.
  Result<Response> send(const Request& request);

  // Is told of each request when it is done, in the order in which they are; `enough` drops those
  // that are not. Must not use the same client.
  using Finished = std::function<Flow(std::size_t index, Result<Response> result)>;
  // Many requests, `parallel` at a time: over one connection where the server speaks HTTP/2, over
  // at most 8 to one server where it does not. A request's time-out runs while it waits for one of
  // the 8: give more at a time only to servers that speak HTTP/2.
  void all(std::span<const Request> requests, std::size_t parallel, const Finished& finished);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace stagegate::http
