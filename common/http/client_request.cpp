#include "common/http/client_request.hpp"

namespace stagegate::http {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "GET";
}

bool is_repeatable(const Request& request) {
  if (const auto* source = std::get_if<BodySource>(&request.body); source && !source->rewind)
    return false;
  return request.repeatable.value_or(request.method != Method::post &&
                                     request.method != Method::patch);
}

}  // namespace stagegate::http
