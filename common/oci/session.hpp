// Questions to one registry, with whatever it takes to be answered: the credential, a new one when
// it has ended, one connection where it speaks HTTP/2. Asks nothing twice by itself: when to ask
// again is decided by whoever waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "common/http/client.hpp"
#include "common/oci/authorizer.hpp"
#include "common/oci/refusal.hpp"
#include "common/time/clock.hpp"

namespace stagegate::oci {

struct Place {
  std::string registry;  // as in names of images
  bool plain_http = false;
  std::string token_realm;  // instead of the one that the registry names; empty: none
  Login login;
  std::chrono::milliseconds request_timeout{10'000};
  std::size_t parallel = 8;  // over HTTP/1.1
};

struct Question {
  http::Method method = http::Method::get;
  std::string path;  // "/v2/..."
  Scope scope;
  http::Headers headers = {};
  std::string body = {};
  http::BytesSink on_bytes = {};  // of a success
  std::size_t most_body = 8u << 20;
  std::chrono::milliseconds longer{0};  // than request_timeout, for what takes its time to send
};

class Session {
 public:
  Session(Place place, http::Client& client, const time::Clock& clock);

  // What will be asked for, so that one token does for all of it.
  void expect(const Scope& scope) { authorizer_.expect(scope); }
  // On the clock's uptime, for everything asked from now on.
  void set_deadline(std::optional<std::chrono::milliseconds> deadline) { deadline_ = deadline; }

  // An answer with a status of success, or why there is none.
  Answer<http::Response> send(const Question& question);
  // Is told of each question when it is done. Must not ask this session.
  using Finished = std::function<void(std::size_t index, Answer<http::Response> answer)>;
  void all(std::span<const Question> questions, const Finished& finished);

  const std::string& registry() const { return place_.registry; }
  // "https://registry.example:5000"
  std::string origin() const { return origin_.origin(); }
  std::uint64_t requests() const { return requests_; }
  std::uint64_t token_requests() const { return authorizer_.token_requests(); }

 private:
  struct Round;
  http::Request request_of(const Question& question, http::Credential credential) const;
  void ask(Round& round, std::span<const std::size_t> chosen);
  Answer<http::Response> judge(const Question& question, http::Response response);
  void show_warnings(const http::Response& response);
  std::size_t at_once() const;

  Place place_;
  http::Url origin_;
  http::Client& client_;
  Authorizer authorizer_;
  std::optional<std::chrono::milliseconds> deadline_;
  bool http2_ = false;
  std::uint64_t requests_ = 0;
  std::set<std::string> shown_warnings_;
};

}  // namespace stagegate::oci
