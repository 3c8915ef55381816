// Which proxy a request goes through.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stagegate::http {

// The value of an environment variable, or empty when it is not set. Passed in, so that the choice
// can be tested.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

struct Proxies {
  std::string http;    // for http:// addresses; empty: none
  std::string https;   // for https:// addresses
  std::string except;  // hosts that are reached directly, in libcurl's NO_PROXY form: names,
                       // suffixes, CIDR blocks
};

// `setting`: an address for both schemes, "none" for no proxy whatever the environment says, or
// empty for the environment: http_proxy, https_proxy, all_proxy and no_proxy, in lower or upper
// case, lower case first. HTTP_PROXY in upper case is not taken where REQUEST_METHOD is set: in a
// CGI process its value is a header that the other side sends ("httpoxy").
Proxies choose_proxies(std::string_view setting, const Environment& environment);

}  // namespace stagegate::http
