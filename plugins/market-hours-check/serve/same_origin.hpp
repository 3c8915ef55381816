// Whether a request comes from this gate's own page: a browser sends along what proves somebody's
// identity (a proxy's session) with requests of any other page, too.
#pragma once

#include <string>
#include <string_view>

#include "common/http/request.hpp"
#include "common/result/result.hpp"

namespace stagegate::market_hours {

// What the browser says of where the request comes from. Refused when that is not here; a request
// that says nothing of it comes from no browser. `public_url`: where people reach the page, if it
// is not what the Host header says.
Result<> check_same_origin(const http::ServerRequest& request, const std::string& public_url);

// A form holds the value of a cookie that only this page can have read: both have to come back.
class FormToken {
 public:
  // The browser's own, or a fresh one for a browser that has none yet.
  explicit FormToken(const http::ServerRequest& request);
  const std::string& value() const { return value_; }
  // "Set-Cookie", for every page with a form. `https`: the cookie is for encrypted connections.
  std::string cookie(bool https) const;
  // True when the form's value is the cookie's.
  static bool matches(const http::ServerRequest& request, std::string_view in_form);

 private:
  std::string value_;
};

}  // namespace stagegate::market_hours
