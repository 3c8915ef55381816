#include "common/http/server.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <sys/resource.h>

#include "common/http/server_core.hpp"
#include "common/log/log.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Phase = Roster::Phase;
using std::chrono::milliseconds;

// Connections above the limit that are open only as long as it takes to tell them 503.
constexpr std::size_t kBeingRefused = 64;
// File descriptors for everything else: those, standard streams, what handlers open.
constexpr std::size_t kReservedFiles = kBeingRefused + 64;
constexpr milliseconds kAcceptPause{100};
constexpr std::chrono::minutes kBetweenWarnings{1};

std::string show(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return text::cat(address.to_v4().to_string(), ':', endpoint.port());
  const auto v6 = address.to_v6();
  if (!v6.is_v4_mapped()) return text::cat('[', v6.to_string(), "]:", endpoint.port());
  return text::cat(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string(), ':',
                   endpoint.port());
}

// Asio opens sockets that a child process would inherit.
void keep_from_children(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

std::size_t connections_that_fit(std::size_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const auto soft = static_cast<std::size_t>(files.rlim_cur);
  return std::min(wanted, soft > 2 * kReservedFiles ? soft - kReservedFiles : soft / 2);
}

Roster::Lengths lengths(const ServerLimits& limits) {
  Roster::Lengths lengths{};
  const auto set = [&](Phase phase, milliseconds length) {
    lengths[static_cast<std::size_t>(phase)] = std::max(length, milliseconds(1));
  };
  set(Phase::idle, limits.idle_time);
  set(Phase::head, limits.header_time);
  set(Phase::body, limits.body_time);
  set(Phase::answering, limits.answer_time);
  set(Phase::parting, limits.parting_time);
  return lengths;
}

// The listening socket, or why there is none.
error_code listen_on(Acceptor& acceptor, const tcp::endpoint& endpoint, bool v6_only) {
  error_code error;
  acceptor.close(error);
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  keep_from_children(acceptor.native_handle());
  acceptor.set_option(Acceptor::reuse_address(true), error);
  if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(v6_only), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  return error;
}

// Threads that signals are not delivered to: those are for the thread that waits for them.
std::unique_ptr<asio::thread_pool> start_without_signals(std::size_t threads) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  auto pool = std::make_unique<asio::thread_pool>(threads);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pool;
}

}  // namespace

Server::Core::Core(Handler handler, ServerOptions options)
    : handler_(std::move(handler)), options_(std::move(options)), roster(lengths(options_.limits)) {
  if (options_.observer == nullptr) options_.observer = &silent_;
  options_.limits.connections = connections_that_fit(options_.limits.connections);
}

Server::Core::~Core() {
  workers.reset();  // waits for handlers
  cut_off();
}

Result<> Server::Core::open(std::string_view address) {
  const auto parsed = parse_listen_address(address);
  if (!parsed) return forward(parsed.error());
  error_code error;
  if (parsed->host.empty()) {
    error = listen_on(acceptor_, {tcp::v6(), parsed->port}, false);
    const bool no_v6 =
        error == asio::error::address_family_not_supported || error.value() == EADDRNOTAVAIL;
    if (no_v6) error = listen_on(acceptor_, {tcp::v4(), parsed->port}, false);
  } else {
    error = listen_on(acceptor_, {asio::ip::make_address(parsed->host), parsed->port}, true);
  }
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error)
    return unknown(text::cat("cannot listen on ", text::quoted(address), ": ", error.message()));
  return {};
}

Result<> Server::Core::run(int interrupt_fd, milliseconds grace) {
  grace_length_ = grace;
  if (interrupt_fd >= 0) {
    error_code error;
    interrupt_.assign(::fcntl(interrupt_fd, F_DUPFD_CLOEXEC, 0), error);
    if (error) return unknown(text::cat("cannot wait for signals: ", error.message()));
    interrupt_.async_wait(Descriptor::wait_read, [this](const error_code& cancelled) {
      if (!cancelled) drain();
    });
  }
  workers = start_without_signals(static_cast<std::size_t>(std::max(1, options_.threads)));
  if (!draining_) await_client();
  io.run();
  if (cut_off_ == 0) return {};
  return fail(Failure::Kind::deadline, text::cat(cut_off_, " connections were still busy after ",
                                                 text::show_duration(grace), " and were cut off"));
}

void Server::Core::stop() {
  asio::post(io, [this] { drain(); });
}

std::string_view Server::Core::date() {
  const std::time_t now = std::time(nullptr);
  if (now != dated_) {
    dated_ = now;
    date_ = http_date(now);
  }
  return date_;
}

void Server::Core::open_changed() {
  const std::size_t open = roster.open();
  observer().open_connections(open);
  if (draining_ && open == 0) io.stop();
}

// Waits before it accepts: without a free file descriptor, accept fails whether or not there is
// somebody to accept.
void Server::Core::await_client() {
  acceptor_.async_wait(Acceptor::wait_read, [this](const error_code& error) {
    if (!draining_ && !error) accept();
  });
}

void Server::Core::accept() {
  Socket socket(io);
  error_code error;
  acceptor_.accept(socket, error);
  if (!error) {
    admit(std::move(socket));
  } else if (error != asio::error::would_block && error != asio::error::connection_aborted) {
    // The client stays in the queue, and the next try would fail as quickly.
    observer().happened(ServerEvent::starved);
    warn_starved(error);
    if (!make_room()) {
      pause_.expires_after(kAcceptPause);
      return pause_.async_wait([this](const error_code& cancelled) {
        if (!cancelled && !draining_) await_client();
      });
    }
  }
  await_client();
}

void Server::Core::warn_starved(const error_code& error) {
  const auto now = SteadyClock::now();
  if (warned_ && now - *warned_ < kBetweenWarnings) return;
  warned_ = now;
  log::warning(text::cat("cannot accept a connection: ", error.message()));
}

void Server::Core::admit(Socket socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  keep_from_children(socket.native_handle());
  socket.non_blocking(true, error);
  socket.set_option(tcp::no_delay(true), error);
  const std::size_t limit = limits().connections;
  const bool room = roster.open() < limit || make_room();
  if (!room) observer().happened(ServerEvent::refused);
  if (!room && roster.open() >= limit + kBeingRefused) return;
  const auto connection = std::make_shared<Connection>(*this, std::move(socket), show(peer));
  if (!sweeping_) sweep_later();
  if (!room) return connection->refuse({503, "too many connections"});
  observer().happened(ServerEvent::accepted);
  connection->read();
}

bool Server::Core::make_room() {
  Roster::Member* member = roster.most_dispensable();
  if (member == nullptr) return false;
  static_cast<Connection*>(member)->close();
  observer().happened(ServerEvent::displaced);
  return true;
}

void Server::Core::sweep_later() {
  const ServerLimits& is = limits();
  const auto shortest =
      std::min({is.idle_time, is.header_time, is.body_time, is.answer_time, is.parting_time});
  sweeping_ = true;
  sweeper_.expires_after(std::max(shortest / 10, milliseconds(1)));
  sweeper_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) sweep();
  });
}

void Server::Core::sweep() {
  const auto now = SteadyClock::now();
  while (Roster::Member* member = roster.overdue(now)) static_cast<Connection*>(member)->expire();
  sweeping_ = roster.open() > 0;
  if (sweeping_) sweep_later();
}

void Server::Core::drain() {
  if (draining_) return;
  draining_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  // A request that has arrived but was not read yet is under way, too: read once more, which closes
  // the others.
  for (Roster::Member* idle : roster.in(Phase::idle)) static_cast<Connection*>(idle)->read();
  if (roster.open() == 0) return io.stop();
  grace_.expires_after(grace_length_);
  grace_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) cut_off();
  });
}

void Server::Core::cut_off() {
  cut_off_ = roster.open();
  for (const Phase phase :
       {Phase::idle, Phase::head, Phase::body, Phase::handling, Phase::answering, Phase::parting}) {
    for (Roster::Member* member : roster.in(phase)) static_cast<Connection*>(member)->reset();
  }
  io.stop();
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::listen(std::string_view address, Handler handler, ServerOptions options) {
  auto core = std::make_unique<Core>(std::move(handler), std::move(options));
  if (const auto opened = core->open(address); !opened) return forward(opened.error());
  return Server(std::move(core));
}

std::uint16_t Server::port() const {
  return core_->port();
}

Result<> Server::run(int interrupt_fd, std::chrono::milliseconds grace) {
  return core_->run(interrupt_fd, grace);
}

void Server::stop() {
  core_->stop();
}

}  // namespace stagegate::http
