#include "common/http/router.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

// The parts between the slashes of a path that begins with one.
std::vector<std::string> segments_of(std::string_view path) {
  const auto pieces = text::split(path.substr(1), '/');
  return {pieces.begin(), pieces.end()};
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
          std::vector<Field>& params) {
  if (pattern.size() != path.size()) return false;
  params.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_name(pattern[i])) {
      if (path[i].empty()) return false;
      params.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

Router& Router::add(std::string method, std::string pattern, Handler handler) {
  if (!pattern.starts_with('/')) throw std::logic_error("not a path: " + pattern);
  auto segments = segments_of(pattern);
  for (const auto& segment : segments) {
    if (!is_name(segment) && segment.find_first_of("{}") != std::string::npos) {
      throw std::logic_error("a name must be a whole segment: " + pattern);
    }
  }
  auto route = std::find_if(routes_.begin(), routes_.end(),
                            [&](const Route& known) { return known.pattern == pattern; });
  if (route == routes_.end()) {
    const bool exact = std::none_of(segments.begin(), segments.end(), is_name);
    const auto place = exact ? std::find_if(routes_.begin(), routes_.end(),
                                            [](const Route& known) { return !known.exact; })
                             : routes_.end();
    route = routes_.insert(place, Route{std::move(pattern), std::move(segments), exact, {}});
  }
  for (const auto& answer : route->answers) {
    if (answer.method == method)
      throw std::logic_error("added twice: " + method + " " + route->pattern);
  }
  route->answers.push_back({std::move(method), std::move(handler)});
  return *this;
}

std::string Router::Route::allow() const {
  std::vector<std::string> methods;
  bool has_head = false;
  for (const auto& answer : answers) {
    methods.push_back(answer.method);
    has_head = has_head || answer.method == "HEAD";
  }
  if (!has_head && std::find(methods.begin(), methods.end(), "GET") != methods.end())
    methods.emplace_back("HEAD");
  if (std::find(methods.begin(), methods.end(), "OPTIONS") == methods.end())
    methods.emplace_back("OPTIONS");
  return text::join(methods, ", ");
}

const Router::Route* Router::find(std::string_view path, std::vector<Field>& params) const {
  if (!path.starts_with('/')) return nullptr;
  const auto segments = segments_of(path);
  for (const Route& route : routes_) {
    if (fits(route.segments, segments, params)) return &route;
  }
  return nullptr;
}

ServerResponse Router::operator()(const ServerRequest& request) const {
  if (request.path == "*" && request.method == "OPTIONS") {
    ServerResponse response;
    response.status = 204;
    return response;
  }
  std::vector<Field> params;
  const Route* route = find(request.path, params);
  if (route == nullptr) {
    return error_response(404, text::cat("there is nothing at ", text::quoted(request.path)));
  }
  const auto handler_of = [&](std::string_view method) {
    return std::find_if(route->answers.begin(), route->answers.end(),
                        [&](const Answer& answer) { return answer.method == method; });
  };
  auto answer = handler_of(request.method);
  if (answer == route->answers.end() && request.method == "HEAD") answer = handler_of("GET");
  ServerResponse response;
  if (answer == route->answers.end()) {
    if (request.method == "OPTIONS") {
      response.status = 204;
    } else {
      response = error_response(405, text::cat(text::quoted(request.path), " does not take ",
                                               text::quoted(request.method)));
    }
    response.headers.emplace_back("Allow", route->allow());
  } else if (params.empty()) {
    response = answer_of(answer->handler, request);
  } else {
    ServerRequest with_params = request;
    with_params.params = std::move(params);
    response = answer_of(answer->handler, with_params);
  }
  response.route = route->pattern;
  return response;
}

}  // namespace stagegate::http
