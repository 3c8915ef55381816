#include "tests/fault/server/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/text/text.hpp"

namespace stagegate::tests {
namespace {

constexpr std::chrono::milliseconds kPatience{kPatienceMs};

int new_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
  return fd;
}

}  // namespace

Client::Client(std::uint16_t port) : fd_(new_socket()) {
  try {
    connect(port);
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

Client Client::unconnected() {
  return Client(new_socket(), 0);
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}

Client& Client::operator=(Client&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(unread_, other.unread_);
  return *this;
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

void Client::connect(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::end_sending() const {
  ::shutdown(fd_, SHUT_WR);
}

void Client::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(fd_, -1));
}

bool Client::readable(int within_ms) const {
  pollfd wait{fd_, POLLIN, 0};
  return ::poll(&wait, 1, within_ms) > 0;
}

ssize_t Client::read_some(std::size_t most) {
  if (!readable(kPatienceMs)) throw std::runtime_error("the server neither answers nor closes");
  std::string bytes(most, '\0');
  const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (size > 0) unread_.append(bytes, 0, static_cast<std::size_t>(size));
  return size;
}

bool Client::fill() {
  return read_some(65536) > 0;
}

Reply Client::reply(bool head_only) {
  Reply reply;
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return reply;
  }
  reply.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  std::from_chars(reply.head.data() + 9, reply.head.data() + 12, reply.status);
  std::size_t length = 0;
  const std::string_view name = "Content-Length: ";
  if (const auto at = reply.head.find(name); at != std::string::npos && !head_only) {
    std::from_chars(reply.head.data() + at + name.size(), reply.head.data() + reply.head.size(),
                    length);
  }
  while (unread_.size() < length) {
    if (!fill()) throw std::runtime_error("the answer ends in its middle");
  }
  reply.body = unread_.substr(0, length);
  unread_.erase(0, length);
  return reply;
}

Client::Rest Client::rest() {
  ssize_t size = 0;
  while ((size = read_some(65536)) > 0) {
  }
  return {std::exchange(unread_, {}), size < 0};
}

void Watch::open_connections(std::size_t now) {
  const std::lock_guard lock(mutex_);
  open_ = now;
  changed_.notify_all();
}

void Watch::happened(http::ServerEvent event) {
  const std::lock_guard lock(mutex_);
  ++events_[event];
  changed_.notify_all();
}

void Watch::answered(const http::Exchange& exchange) {
  const std::lock_guard lock(mutex_);
  ++answers_[exchange.status];
}

bool Watch::await(http::ServerEvent event, std::size_t times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return events_[event] >= times; });
}

bool Watch::await_open(std::size_t connections) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return open_ == connections; });
}

std::size_t Watch::count(http::ServerEvent event) {
  const std::lock_guard lock(mutex_);
  return events_[event];
}

std::size_t Watch::answers(int status) {
  const std::lock_guard lock(mutex_);
  return answers_[status];
}

Running::Running(http::Handler handler, http::ServerLimits limits, int threads,
                 std::chrono::milliseconds grace, std::vector<std::string> at_once) {
  if (::pipe(interrupt_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  auto server = http::Server::listen("127.0.0.1:0", std::move(handler),
                                     {limits, threads, &watch, std::move(at_once)});
  if (!server) throw std::runtime_error(server.error().message);
  server_.emplace(std::move(*server));
  thread_ = std::thread([this, grace] { result_ = server_->run(interrupt_[0], grace); });
}

Running::~Running() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
  server_.reset();
  for (const int fd : interrupt_) ::close(fd);
}

void Running::interrupt() const {
  if (::write(interrupt_[1], "x", 1) != 1) throw std::runtime_error("pipe");
}

Result<> Running::result() {
  thread_.join();
  return result_;
}

http::ServerResponse echo(const http::ServerRequest& request) {
  http::ServerResponse response;
  response.content_type = "text/plain";
  response.body = text::cat(request.method, ' ', request.path, ' ', request.body);
  return response;
}

void Latch::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Latch::pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return open_; });
  --waiting_;
}

bool Latch::await_waiting(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return waiting_ >= n; });
}

}  // namespace stagegate::tests
