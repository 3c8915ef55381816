// A client that can do wrong everything a client can do wrong, and a server to do it to.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "common/http/server.hpp"

namespace stagegate::tests {

// No test measures time. Whoever waits longer than this fails.
constexpr int kPatienceMs = 60'000;

struct Reply {
  int status = 0;  // 0: the connection ended without one
  std::string head;
  std::string body;
  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

class Client {
 public:
  // Throws when the server does not take the connection.
  explicit Client(std::uint16_t port);
  // A socket that exists before it is connected, for tests that use up all file descriptors.
  static Client unconnected();
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  void connect(std::uint16_t port);
  // False when the server has closed the connection.
  bool send(std::string_view bytes) const;
  void end_sending() const;
  // Closes with a reset instead of an end.
  void reset();

  // True when there is something to read, or the end.
  bool readable(int within_ms) const;
  // The next answer; its body as long as Content-Length says, none after HEAD.
  Reply reply(bool head_only = false);
  // Everything up to the end; `cut` when that end was a reset.
  struct Rest {
    std::string bytes;
    bool cut;
  };
  Rest rest();
  // At most `most` bytes; negative when the connection was reset.
  ssize_t read_some(std::size_t most);

 private:
  explicit Client(int fd, int) : fd_(fd) {}
  bool fill();
  int fd_ = -1;
  std::string unread_;
};

// What the server says happened; tests wait for it.
class Watch : public http::ServerObserver {
 public:
  void open_connections(std::size_t now) override;
  void happened(http::ServerEvent event) override;
  void answered(const http::Exchange& exchange) override;

  // False after kPatienceMs.
  bool await(http::ServerEvent event, std::size_t times = 1);
  bool await_open(std::size_t connections);
  std::size_t count(http::ServerEvent event);
  std::size_t answers(int status);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
  std::map<http::ServerEvent, std::size_t> events_;
  std::map<int, std::size_t> answers_;
};

// A server that runs from here to the end of the block.
class Running {
 public:
  explicit Running(http::Handler handler, http::ServerLimits limits = {}, int threads = 1,
                   std::chrono::milliseconds grace = std::chrono::seconds(60),
                   std::vector<std::string> at_once = {});
  ~Running();
  std::uint16_t port() const { return server_->port(); }
  // Asks to end as a signal does, through the descriptor.
  void interrupt() const;
  // Waits for run() to return.
  Result<> result();

  Watch watch;

 private:
  std::optional<http::Server> server_;
  int interrupt_[2];
  Result<> result_;
  std::thread thread_;
};

// Answers with method, path and body of the request.
http::ServerResponse echo(const http::ServerRequest& request);

// A gate that handlers wait at.
class Latch {
 public:
  void open();
  void pass();                        // waits until it is open
  bool await_waiting(std::size_t n);  // until so many handlers wait

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::size_t waiting_ = 0;
};

}  // namespace stagegate::tests
