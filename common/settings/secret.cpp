#include "common/settings/secret.hpp"

#include <utility>

#include "common/log/log.hpp"

namespace stagegate::settings {

Secret::Secret(std::string value) : value_(std::move(value)) {
  if (!value_.empty()) log::mask(value_);
}

}  // namespace stagegate::settings
