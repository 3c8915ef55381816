#include "common/http/response.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>

#include "common/log/log.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool is_sendable(const ServerResponse& response) {
  constexpr std::array<std::string_view, 5> own = {"content-length", "content-type", "connection",
                                                   "date", "transfer-encoding"};
  return response.status >= 200 && response.status <= 599 &&
         is_field_value(response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(), [&](const Field& field) {
           return is_field_name(field.first) && is_field_value(field.second) &&
                  std::find(own.begin(), own.end(), text::lower(field.first)) == own.end();
         });
}

bool sets(const ServerResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const Field& field) { return text::lower(field.first) == name; });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

ServerResponse error_response(int status, std::string_view message) {
  ServerResponse response;
  response.status = status;
  text::Json body;
  body.set("status", status);
  body.set("error", reason_phrase(status));
  body.set("message", message);
  response.body = body.dump() + "\n";
  return response;
}

ServerResponse answer_of(const Handler& handler, const ServerRequest& request) {
  std::string why = "something that is no exception";
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    why = exception.what();
  } catch (...) {
  }
  log::error(text::cat("the handler of ", request.method, ' ', text::quoted(request.path),
                       " threw: ", why));
  return error_response(500, "internal error");
}

Wire to_wire(ServerResponse response, const Framing& framing, std::string_view date) {
  if (!is_sendable(response)) {
    log::error(text::cat("a response with a header that cannot be sent, route ",
                         text::quoted(response.route)));
    response = error_response(500, "internal error");
  }
  Wire wire;
  wire.status = response.status;
  std::string& head = wire.head;
  head = text::cat("HTTP/1.1 ", response.status, ' ', reason_phrase(response.status), "\r\n");
  add(head, "Date", date);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    add(head, "Content-Type", response.content_type);
    add(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (!framing.keep_alive) add(head, "Connection", "close");
  if (framing.keep_alive && framing.old_protocol) add(head, "Connection", "keep-alive");
  add(head, "X-Content-Type-Options", "nosniff");
  // An answer of a gate is true now; one that some cache kept may not be.
  if (response.content_type.starts_with("application/json") && !sets(response, "cache-control")) {
    add(head, "Cache-Control", "no-store");
  }
  for (const auto& [name, value] : response.headers) add(head, name, value);
  head += "\r\n";
  if (!bodiless && !framing.head_only) wire.body = std::move(response.body);
  return wire;
}

std::string http_date(std::time_t time) {
  // Not strftime: its names of days and months follow the locale.
  constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text.data();
}

}  // namespace stagegate::http
