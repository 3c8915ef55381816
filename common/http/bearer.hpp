// Bearer tokens (RFC 6750) of requests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/request.hpp"

namespace stagegate::http {

// The bearer token of the Authorization header, or empty.
std::string_view bearer_of(const ServerRequest& request);

// Lets a request through that carries one of the tokens as `Authorization: Bearer`; all others get
// 401. Several tokens are for the time in which a token is being replaced. None, or only empty
// ones, let nothing through. How long the comparison takes does not depend on what the caller sent,
// its length apart.
Handler require_bearer(std::vector<std::string> tokens, Handler handler);

}  // namespace stagegate::http
