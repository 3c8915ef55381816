// What the handlers of all services share: answers that hold for this second only, and so are kept
// by no cache; members of the query.
#pragma once

#include <string>
#include <string_view>

#include "common/http/request.hpp"
#include "common/text/json.hpp"

namespace stagegate::http {

ServerResponse fresh(std::string_view content_type, std::string body, int status = 200);
// Whatever people wrote in it, it moves no cursor of whoever has it printed.
ServerResponse fresh_json(const text::Json& body, int status = 200);

// A parameter of the query, or empty.
std::string query(const ServerRequest& request, std::string_view name);

}  // namespace stagegate::http
