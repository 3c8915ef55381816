// Where a server listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::http {

struct ListenAddress {
  std::string host;  // a numeric address without brackets; empty: all addresses of both families
  std::uint16_t port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", ":8080".
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace stagegate::http
