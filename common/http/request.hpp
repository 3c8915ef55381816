// What a handler of the small HTTP server gets and gives.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagegate::http {

using Field = std::pair<std::string, std::string>;

struct ServerRequest {
  std::string method;
  std::string path;           // decoded, in normal form: no empty, "." or ".." segment
  std::vector<Field> query;   // decoded, every name once
  std::vector<Field> fields;  // of the header; names in lower case, in the order they came
  std::vector<Field> params;  // what the {names} of the route stand for
  std::string body;
  std::string peer;  // "127.0.0.1:40312"

  // Each the first of its name (a header's in lower case), or null.
  const std::string* header(std::string_view name) const { return find(fields, name); }
  const std::string* parameter(std::string_view name) const { return find(query, name); }
  const std::string* param(std::string_view name) const { return find(params, name); }

 private:
  static const std::string* find(const std::vector<Field>& among, std::string_view name) {
    for (const auto& [key, value] : among) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

// Content-Length, Connection and Date are the server's own; everything else is the handler's.
struct ServerResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<Field> headers;
  std::string route;  // the pattern that matched, set by the router: for metrics
};

using Handler = std::function<ServerResponse(const ServerRequest&)>;

// {"status": 404, "error": "Not Found", "message": ...}, the shape of every "no" of the server.
ServerResponse error_response(int status, std::string_view message);

// What the handler answers; when it throws, a 500 that does not say why, while the log does.
ServerResponse answer_of(const Handler& handler, const ServerRequest& request);

// "Not Found"; "Unknown" for a status nobody has named.
std::string_view reason_phrase(int status);

}  // namespace stagegate::http
