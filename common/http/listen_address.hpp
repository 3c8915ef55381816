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

// For people: where a server that was told to listen at `text` is found, now that it has its port.
std::string shown_address(std::string_view text, std::uint16_t port);

}  // namespace stagegate::http
