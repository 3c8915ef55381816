// A value that must never be seen.
#pragma once

#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::settings {

// Cannot be printed by accident: there is no operator<< and no conversion. Whoever needs the value
// says so with reveal(). From its construction on the log masks it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value);

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// The secret as a bearer token (RFC 6750), without the blanks around it: files and secrets end with
// a line break as often as not, and no header can carry one. Fails (usage), without showing it,
// when it is no token even so.
Result<std::string> bearer_token(std::string_view setting, const Secret& given);

}  // namespace stagegate::settings
