// What can go wrong between asking and having the whole answer, in words that say what to do.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::http {

enum class Fault {
  none,
  resolve,        // the host's name
  resolve_proxy,  // the proxy's name
  connect,        // nobody listens, no route, firewall
  proxy_refused,  // the proxy answered CONNECT with a no
  certificate,    // the server's certificate is not trusted or not its own
  tls,            // no common version or cipher, or no TLS at all
  timeout,        // of one attempt
  stalled,        // nothing arrived for too long
  cut_off,        // the connection broke before the answer was whole
  http2,          // the two sides disagree about HTTP/2
  malformed,      // the answer is no HTTP
  too_long,       // the answer's body or header is longer than allowed
  local,          // a problem on this side: memory, an option that libcurl refuses
};

// How far an attempt had come.
enum class Phase { resolving, connecting, securing, sending, waiting, receiving };

struct Attempt {
  std::string_view method;
  std::string url;     // as shown_url() shows it
  std::string server;  // "registry.example:5000": who is spoken to, the proxy apart
  std::string proxy;   // as shown; empty: none
  std::string trust;   // where the trusted certificates come from
  Fault fault = Fault::none;
  Phase phase = Phase::resolving;
  std::chrono::milliseconds elapsed{0};
  int os_error = 0;      // errno of a failed connect
  int proxy_status = 0;  // of the proxy's no
  long verify_code = 0;  // OpenSSL's X509_V_ERR_...
  std::string detail;    // libcurl's own words
  std::size_t most_body = 0;
};

// "GET https://registry.example/v2/: connection refused by registry.example:443 (is the service
// running ...?)"
std::string describe(const Attempt& attempt);

// True when a later attempt may find the matter mended by itself.
bool may_pass(Fault fault);

// How far an attempt had come, by the moments that libcurl notes (0: has not happened). `secure`:
// over TLS.
struct Moments {
  long resolved = 0;
  long connected = 0;
  long ready = 0;  // to send
  long sent = 0;
  long answered = 0;  // the first byte
};
Phase phase_of(const Moments& moments, bool secure);

}  // namespace stagegate::http
