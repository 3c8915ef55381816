#include "common/http/listen_address.hpp"

#include <array>

#include <arpa/inet.h>

#include "common/text/text.hpp"

namespace stagegate::http {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return usage(
        text::cat("cannot listen on ", text::quoted(text), ": ", why,
                  R"(; write "127.0.0.1:8080", "[::1]:8080", or ":8080" for all addresses)"));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("no port");
  const auto port = text::parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535 || text[colon + 1] == '+')
    return refuse("no port between 0 and 65535");

  std::string_view host = text.substr(0, colon);
  int family = AF_INET;
  if (host.starts_with('[') && host.ends_with(']')) {
    family = AF_INET6;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refuse("an IPv6 address needs brackets");
  }
  ListenAddress address{std::string(host), static_cast<std::uint16_t>(*port)};
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const bool any = host.empty() && family == AF_INET;
  if (!any && inet_pton(family, address.host.c_str(), bytes.data()) != 1) {
    return refuse("not a numeric address (names are not looked up)");
  }
  return address;
}

std::string shown_address(std::string_view text, std::uint16_t port) {
  const std::string_view host = text.substr(0, text.rfind(':'));
  return text::cat("http://", host.empty() ? "localhost" : host, ":", port, "/");
}

}  // namespace stagegate::http
