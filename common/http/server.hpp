// The small HTTP/1.1 server of the serve modes: a handful of paths behind a proxy or a Kubernetes
// Service, asked by machines, and never brought down by one client. Boost.Asio and Beast do the
// work (cmake/Dependencies.cmake says why).
//
// One thread does all input and output; handlers run on threads of their own, because they may sync
// files. Every phase of a connection has one absolute deadline that no byte extends. A deadline is
// kept to within a tenth of the shortest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/request.hpp"
#include "common/http/request_reader.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

struct ServerLimits {
  RequestLimits request;
  // From a request's first byte to the end of its header; from there to the end of its body; from
  // the answer being ready to its last byte being taken over by the system. The first two end with
  // 408, the third with a reset.
  std::chrono::milliseconds header_time = std::chrono::seconds(10);
  std::chrono::milliseconds body_time = std::chrono::seconds(10);
  std::chrono::milliseconds answer_time = std::chrono::seconds(10);
  // Between requests, and before the first.
  std::chrono::milliseconds idle_time = std::chrono::seconds(60);
  // After a last answer, for the client to close. Closing first could destroy an answer that is
  // still under way.
  std::chrono::milliseconds parting_time = std::chrono::seconds(2);
  // At this number a new connection takes the place of the one that has kept the server waiting
  // longest: many idle ones cannot keep a client out that has something to ask. When all have a
  // request under way, the new one gets 503. Lowered by listen() when the limit of open files would
  // not leave enough for the handlers.
  std::size_t connections = 1024;
  std::size_t requests_per_connection = 10'000;
};

// One answer that was given, for counting. `route` is the pattern of the router, empty where no
// route was reached.
struct Exchange {
  std::string_view method;
  std::string_view route;
  int status;
  std::chrono::microseconds took;  // from the complete request to the answer's last byte
};

enum class ServerEvent {
  accepted,
  timed_out,  // a deadline passed in the middle of a request or an answer
  displaced,  // closed to make room
  refused,    // no room: 503
  starved,    // no file descriptor for a new connection
};

// Told what happens, on the server's thread: it must not block.
class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  virtual void open_connections(std::size_t /*now*/) {}
  virtual void happened(ServerEvent /*event*/) {}
  virtual void answered(const Exchange& /*exchange*/) {}
};

struct ServerOptions {
  ServerLimits limits;
  int threads = 1;                     // that handlers run on
  ServerObserver* observer = nullptr;  // must outlive the server
  // Paths that are answered on the server's own thread, so that they are answered even when a file
  // system that has gone away holds all others for ever. Their handlers must not block.
  std::vector<std::string> at_once = {};
};

class Server {
 public:
  // Addresses are numeric, nothing is looked up: "127.0.0.1:8080", "[::1]:8080", ":8080" for all
  // addresses of both families; port 0 takes a free one. From here on clients can connect; they are
  // answered once run() runs.
  static Result<Server> listen(std::string_view address, Handler handler,
                               ServerOptions options = {});
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  // Waits for handlers that are still running: they use what the caller owns.
  ~Server();

  std::uint16_t port() const;

  // Serves until stop() or until `interrupt_fd` becomes readable (it is not read from; -1: never).
  // Then takes no new connections, closes idle ones, answers the requests under way and returns.
  // Fails (kind deadline) when that took longer than `grace`; what was left then has been cut off.
  // Once per Server.
  Result<> run(int interrupt_fd, std::chrono::milliseconds grace);

  // From any thread, at any time, more than once; not from a signal handler.
  void stop();

 private:
  class Core;
  class Connection;
  explicit Server(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace stagegate::http
