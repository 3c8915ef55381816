// Which handler answers which path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/request.hpp"

namespace stagegate::http {

// Is itself a Handler. Unknown paths get 404, known ones with another method 405 with Allow; HEAD
// is answered from GET, OPTIONS from what was added.
class Router {
 public:
  // A pattern is an exact path whose segments may be names in braces, each of which stands for one
  // segment that is not empty: "/v1/promotions/{name}". An exact path wins over one with names;
  // otherwise the first added wins. Throws std::logic_error for a pattern that is none: that is a
  // mistake in the program.
  Router& add(std::string method, std::string pattern, Handler handler);

  ServerResponse operator()(const ServerRequest& request) const;

 private:
  struct Answer {
    std::string method;
    Handler handler;
  };
  struct Route {
    std::string pattern;
    std::vector<std::string> segments;
    bool exact;
    std::vector<Answer> answers;
    std::string allow() const;
  };
  const Route* find(std::string_view path, std::vector<Field>& params) const;
  std::vector<Route> routes_;  // the exact ones first
};

}  // namespace stagegate::http
