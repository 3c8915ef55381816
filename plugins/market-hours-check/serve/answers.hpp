// Answers that hold for this second only.
#pragma once

#include <string>

#include "common/http/request.hpp"
#include "common/text/json.hpp"

namespace stagegate::market_hours {

http::ServerResponse fresh(std::string content_type, std::string body, int status = 200);
http::ServerResponse fresh_json(const text::Json& body, int status = 200);

// A parameter of the query, or empty.
std::string query(const http::ServerRequest& request, std::string_view name);

}  // namespace stagegate::market_hours
