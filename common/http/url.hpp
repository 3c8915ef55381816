// Addresses of HTTP resources: taken apart, put together, and made fit to be shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // in lower case; IPv6 in brackets
  std::uint16_t port = 0;
  std::string path;   // "/" at least, still encoded
  std::string query;  // without the "?", still encoded

  // "https://host" or, where the port is not the scheme's own, "https://host:8443".
  std::string origin() const;
  std::string text() const;
  bool same_origin(const Url& other) const;
};

// Refused (usage): other schemes, a user name or password (they belong into settings, where they
// are masked), white space and control characters. A fragment is dropped.
Result<Url> parse_url(std::string_view text);

// Addresses of the link itself: there cloud providers have services that hand out credentials.
bool link_local(std::string_view host);

// This machine itself, by address or as "localhost": what goes there crosses no network.
bool this_machine(std::string_view host);

// What a Location or Link of `base` points to: absolute, or relative in any of its forms.
Result<Url> resolve(const Url& base, std::string_view reference);

// "a=1&b=x%20y"
std::string join_query(const std::vector<std::pair<std::string, std::string>>& parameters);

// For messages: without user name and password, and with "***" for the value of each query
// parameter whose name suggests a secret ("token", "X-Amz-Signature"). Takes any text: a malformed
// address is shown too.
std::string shown_url(std::string_view url);

}  // namespace stagegate::http
