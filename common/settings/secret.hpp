// A value that must never be seen.
#pragma once

#include <string>

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

}  // namespace stagegate::settings
