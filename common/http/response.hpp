// A response as bytes. Pure.
#pragma once

#include <ctime>
#include <string>

#include "common/http/request.hpp"

namespace stagegate::http {

struct Wire {
  int status = 0;
  std::string head;  // status line and header, with the empty line
  std::string body;  // empty for HEAD and for statuses that have none
};

struct Framing {
  bool keep_alive = true;
  bool old_protocol = false;
  bool head_only = false;  // the answer to HEAD: its length is told, its body is not sent
};

// A header field that is the server's own or that could not be sent as one line makes the whole
// response a 500: whoever can put a line break into a header can write a second response.
Wire to_wire(ServerResponse response, const Framing& framing, std::string_view date);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::time_t time);

}  // namespace stagegate::http
