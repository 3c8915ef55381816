// Bytes in, requests out: the parsing half of the server, without a socket, so that a test or a
// fuzzer can feed it. Boost.Beast's parser does the work, in request_reader.cpp only; what Beast
// lets pass and a gate must not is refused around it (see the checks there).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/http/request.hpp"

namespace stagegate::http {

struct RequestLimits {
  std::size_t header_bytes = 16u << 10;  // request line and header together
  std::size_t body_bytes = 64u << 10;
};

// A request that is answered without asking any handler; the connection ends with the answer.
struct Refusal {
  int status = 0;
  std::string why;
};

class RequestReader {
 public:
  enum class State {
    idle,      // nothing of the next request is there
    head,      // some bytes of it
    body,      // its whole header
    complete,  // all of it: take()
    refused,   // see refusal(); nothing more is read
  };

  explicit RequestReader(RequestLimits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  State feed(std::string_view bytes);
  State state() const;
  const Refusal& refusal() const;

  // True once per request: the client holds its body back until it is told to go on (Expect:
  // 100-continue).
  bool must_say_continue();

  // The complete request. Afterwards state() speaks of the next one, of which some or all may be
  // here already.
  struct Taken {
    ServerRequest request;
    bool keep_alive;    // as far as the client is concerned
    bool old_protocol;  // HTTP/1.0: a connection that stays open must be announced
  };
  Taken take();

 private:
  struct Parsing;
  std::unique_ptr<Parsing> parsing_;
};

}  // namespace stagegate::http
