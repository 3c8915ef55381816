// What a client asks and what it gets.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/http/headers.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

using std::chrono::milliseconds;

enum class Method { get, head, post, put, patch, delete_, options };
std::string_view method_name(Method method);

struct Bearer {
  std::string token;
};
struct Basic {
  std::string user;
  std::string password;
};
using Credential = std::variant<std::monostate, Bearer, Basic>;

enum class Flow {
  go_on,
  enough,  // stop here, without an error
};

// A body that is read while it is sent. `read` fills the span and returns how much, 0 at the end;
// it may block. With `rewind` a failed request can be repeated from the start; without it never.
struct BodySource {
  std::function<Result<std::size_t>(std::span<char>)> read;
  std::function<Result<>()> rewind;
  std::optional<std::uint64_t> size;  // unknown: sent in chunks
};

// Gets the body of a 2xx response piece by piece. A failure ends the request and is its result.
using BytesSink = std::function<Result<Flow>(std::string_view bytes)>;
// The same, cut into lines without their LF or CRLF (event streams, newline-delimited JSON).
using LineSink = std::function<Result<Flow>(std::string_view line)>;

enum class Protocol {
  newest,  // HTTP/2 where the server speaks it over TLS, else HTTP/1.1
  http1,   // for servers that mistake HTTP/2 for something else
};

struct Request {
  Method method = Method::get;
  std::string url;
  Headers headers;
  Credential auth;
  std::variant<std::string, BodySource> body;

  // Without one of these the body is kept in memory. A body that is no success's is kept in any
  // case.
  BytesSink on_bytes;
  LineSink on_line;
  std::size_t longest_line = 1u << 20;
  // The longest body that is kept; a longer one is a failure.
  std::size_t most_body = 8u << 20;

  // Of one attempt, from its start to the last byte; 0: none, for streams.
  milliseconds timeout{30'000};
  // How long nothing at all may arrive or leave; 0: for ever. Seen within a second.
  milliseconds stall{0};
  // Of the whole with all its attempts and pauses, on the clock's uptime.
  std::optional<milliseconds> deadline;

  // Whether asking twice does no harm. Unset: as the method promises (all but POST and PATCH).
  std::optional<bool> repeatable;
  bool retry = true;
  int most_redirects = 5;  // 0: a redirect is a response like any other
  Protocol protocol = Protocol::newest;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  std::string url;  // that answered in the end
  bool http2 = false;
  int attempts = 1;
  std::optional<milliseconds> retry_after;  // what the server asks to be spared

  bool ok() const { return status >= 200 && status < 300; }
};

bool is_repeatable(const Request& request);

}  // namespace stagegate::http
