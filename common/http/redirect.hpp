// Where a redirect may lead, and what goes along. A pure decision.
#pragma once

#include <string_view>

#include "common/http/client_request.hpp"
#include "common/http/url.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

struct Asked {
  Url url;
  Method method = Method::get;
  bool with_body = false;
};

struct Redirect {
  Asked next;
  bool trusted = false;  // the same origin: credentials and every header may go along
};

// True for the statuses that mean "ask there instead".
bool is_redirect(int status);

// Refused (unknown), with words that say what to do instead:
// - https to http, and addresses that are no http at all;
// - a body to another origin (it may hold a password), or one that cannot be sent again;
// - 301 and 302 for anything but GET and HEAD: clients disagree on whether the method changes;
// - a link-local address (cloud metadata services), unless the request went to one.
Result<Redirect> decide_redirect(const Asked& asked, bool body_repeatable, int status,
                                 std::string_view location);

// Headers that tell another origin nothing secret. All others stay behind: a token may be in any of
// them.
bool harmless_header(std::string_view name);

}  // namespace stagegate::http
