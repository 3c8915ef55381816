// A TCP connection, by the rules of all the project's connections: names are looked up by c-ares
// (libssh would call getaddrinfo, which loads the host's name services into a static program), the
// faster of IPv4 and IPv6 wins, and the time-out holds for the look-up too. libcurl does that.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "common/result/result.hpp"
#include "common/time/clock.hpp"

namespace stagegate::mirror {

class Connected {
 public:
  class Handles;
  explicit Connected(std::unique_ptr<Handles> handles);
  Connected(Connected&&) noexcept;
  Connected& operator=(Connected&&) noexcept;
  ~Connected();

  // Another descriptor of the connection, for whoever closes it. The connection lives as long as
  // both: libcurl reads from its own when it closes it.
  int duplicate() const;

 private:
  std::unique_ptr<Handles> handles_;
};

// Gives up at `until` (uptime of the clock), and when `interrupt_fd` becomes readable (-1: never).
Result<Connected> dial(const std::string& host, std::uint16_t port, const time::Clock& clock,
                       time::milliseconds until, int interrupt_fd);

}  // namespace stagegate::mirror
