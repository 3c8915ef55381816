// The inside of the server: included by server.cpp and connection.cpp only, because Asio is slow to
// compile.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/http/listen_address.hpp"
#include "common/http/request_reader.hpp"
#include "common/http/response.hpp"
#include "common/http/roster.hpp"
#include "common/http/server.hpp"

namespace stagegate::http {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

// Bound to the one executor there is. The default is a type that can hold any executor, which costs
// an allocation and a second set of templates.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// Everything but the connections. Lives on the thread of run(); other threads only post to `io`.
class Server::Core {
 public:
  Core(Handler handler, ServerOptions options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Result<> open(std::string_view address);
  std::uint16_t port() const { return port_; }
  Result<> run(int interrupt_fd, std::chrono::milliseconds grace);
  void stop();

  // For connections.
  const Handler& handler() const { return handler_; }
  bool answers_at_once(std::string_view path) const {
    return std::find(options_.at_once.begin(), options_.at_once.end(), path) !=
           options_.at_once.end();
  }
  const ServerLimits& limits() const { return options_.limits; }
  ServerObserver& observer() const { return *options_.observer; }
  bool draining() const { return draining_; }
  std::string_view date();
  void open_changed();

 private:
  void await_client();
  void accept();
  void admit(Socket socket);
  bool make_room();
  void warn_starved(const boost::system::error_code& error);
  void sweep_later();
  void sweep();
  void drain();
  void cut_off();

  const Handler handler_;
  ServerObserver silent_;
  ServerOptions options_;
  std::uint16_t port_ = 0;
  bool sweeping_ = false;
  bool draining_ = false;
  std::size_t cut_off_ = 0;
  std::chrono::milliseconds grace_length_{0};
  std::optional<SteadyClock::time_point> warned_;
  std::time_t dated_ = -1;
  std::string date_;

 public:
  // In this order: connections that end together with `io` still leave the roster, and handlers end
  // before all else.
  Roster roster;
  asio::io_context io{1};
  std::array<char, 16u << 10> scratch{};  // where every connection reads to
  std::unique_ptr<asio::thread_pool> workers;

 private:
  Acceptor acceptor_{io};
  Timer pause_{io};
  Timer sweeper_{io};
  Timer grace_{io};
  Descriptor interrupt_{io};
};

// One client. As long as it is open, exactly one thing that will happen holds it: the wait for
// bytes, the handler, or the write of an answer.
class Server::Connection : public Roster::Member, public std::enable_shared_from_this<Connection> {
 public:
  using Phase = Roster::Phase;

  Connection(Core& core, Socket socket, std::string peer);
  ~Connection();

  void read();
  void refuse(const Refusal& refusal);
  void expire();
  void close();
  // Closes without leaving the system to deliver what the client has not taken.
  void reset();

 private:
  void enter(Phase phase);
  void await_bytes();
  void advance(RequestReader::State state);
  void say_continue();
  void handle();
  void answer(ServerResponse response);
  void on_written(const boost::system::error_code& error);
  void part();
  void discard();

  Core& core_;
  Socket socket_;
  const std::string peer_;
  RequestReader reader_;
  std::uint64_t wait_ = 0;  // tells the wait that is meant from those that were given up
  std::size_t requests_ = 0;

  // Of the request that is being answered.
  std::string method_;
  std::string path_;
  std::string route_;
  Framing framing_;
  SteadyClock::time_point complete_;
  Wire wire_;
};

}  // namespace stagegate::http
