#include <array>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "common/http/server_core.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

using boost::system::error_code;

Server::Connection::Connection(Core& core, Socket socket, std::string peer)
    : Member(core.roster, SteadyClock::now()),
      core_(core),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      reader_(core.limits().request) {
  core_.open_changed();
}

Server::Connection::~Connection() {
  close();
}

void Server::Connection::enter(Phase phase) {
  core_.roster.enter(*this, phase, SteadyClock::now());
}

void Server::Connection::await_bytes() {
  socket_.async_wait(Socket::wait_read,
                     [self = shared_from_this(), wait = ++wait_](const error_code& error) {
                       if (wait != self->wait_ || self->phase() == Phase::closed) return;
                       if (error) return self->close();
                       self->phase() == Phase::parting ? self->discard() : self->read();
                     });
}

void Server::Connection::read() {
  ++wait_;
  error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(core_.scratch), error);
  if (error == asio::error::would_block) {
    return phase() == Phase::idle && core_.draining() ? close() : await_bytes();
  }
  // The end of the input, too: a request that is not whole by now never will be.
  if (error) return close();
  advance(reader_.feed({core_.scratch.data(), size}));
}

void Server::Connection::advance(RequestReader::State state) {
  switch (state) {
    case RequestReader::State::idle:
      if (phase() != Phase::idle) enter(Phase::idle);
      return core_.draining() ? close() : await_bytes();
    case RequestReader::State::head:
      if (phase() != Phase::head) enter(Phase::head);
      return await_bytes();
    case RequestReader::State::body:
      if (phase() != Phase::body) enter(Phase::body);
      if (reader_.must_say_continue()) say_continue();
      return await_bytes();
    case RequestReader::State::complete:
      return handle();
    case RequestReader::State::refused:
      return refuse(reader_.refusal());
  }
}

void Server::Connection::say_continue() {
  // Should it not fit into a full buffer, the client sends its body all the same after a while (RFC
  // 9110, 10.1.1).
  error_code ignored;
  socket_.write_some(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
}

void Server::Connection::handle() {
  auto [request, keep_alive, old_protocol] = reader_.take();
  request.peer = peer_;
  method_ = request.method;
  path_ = request.path;
  const bool last = ++requests_ >= core_.limits().requests_per_connection;
  framing_ = {keep_alive && !last, old_protocol, request.method == "HEAD"};
  complete_ = SteadyClock::now();
  enter(Phase::handling);
  if (core_.answers_at_once(path_)) return answer(answer_of(core_.handler(), request));
  asio::post(*core_.workers, [self = shared_from_this(), asked = std::move(request)]() mutable {
    Core& core = self->core_;
    ServerResponse response = answer_of(core.handler(), asked);
    // The connection goes along: it must not end on this thread.
    asio::post(core.io, [self = std::move(self), response = std::move(response)]() mutable {
      if (self->phase() != Phase::closed) self->answer(std::move(response));
    });
  });
}

void Server::Connection::refuse(const Refusal& refusal) {
  ++wait_;
  method_.clear();
  path_.clear();
  framing_ = {};
  framing_.keep_alive = false;
  complete_ = SteadyClock::now();
  ServerResponse response = error_response(refusal.status, refusal.why);
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  answer(std::move(response));
}

void Server::Connection::answer(ServerResponse response) {
  framing_.keep_alive = framing_.keep_alive && !core_.draining();
  route_ = std::move(response.route);
  wire_ = to_wire(std::move(response), framing_, core_.date());
  enter(Phase::answering);
  const std::array<asio::const_buffer, 2> bytes = {asio::buffer(wire_.head),
                                                   asio::buffer(wire_.body)};
  asio::async_write(socket_, bytes,
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (self->phase() != Phase::closed) self->on_written(error);
                    });
}

void Server::Connection::on_written(const error_code& error) {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - complete_);
  core_.observer().answered({method_, route_, wire_.status, took});
  log::debug(text::cat(peer_, ' ', method_.empty() ? "-" : method_, ' ', text::quoted(path_), ' ',
                       wire_.status, ' ', wire_.body.size(), " bytes ", took.count(), " us"));
  wire_ = {};
  if (error) return close();
  if (!framing_.keep_alive) return part();
  enter(Phase::idle);
  advance(reader_.state());
}

void Server::Connection::part() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  enter(Phase::parting);
  discard();
}

void Server::Connection::discard() {
  error_code error;
  socket_.read_some(asio::buffer(core_.scratch), error);
  if (error && error != asio::error::would_block) return close();
  await_bytes();
}

void Server::Connection::close() {
  if (phase() == Phase::closed) return;
  error_code ignored;
  socket_.close(ignored);
  enter(Phase::closed);
  core_.open_changed();
}

// Closes without leaving the system to deliver what a slow reader has not taken.
void Server::Connection::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void Server::Connection::expire() {
  if (phase() == Phase::idle || phase() == Phase::parting) return close();
  core_.observer().happened(ServerEvent::timed_out);
  if (phase() == Phase::answering) return reset();
  refuse({408, phase() == Phase::head ? "the header took too long" : "the body took too long"});
}

}  // namespace stagegate::http
