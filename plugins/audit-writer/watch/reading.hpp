// Reaching into objects of the Kubernetes API, where anything may be missing.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "common/time/instant.hpp"

namespace stagegate::audit_writer {

// The value at the end of the path, or null.
const text::Json* reach(const text::Json& object, std::initializer_list<std::string_view> path);
// The string there, or empty.
std::string_view text_at(const text::Json& object, std::initializer_list<std::string_view> path);
std::optional<time::Instant> time_at(const text::Json& object,
                                     std::initializer_list<std::string_view> path);
// The elements of the array there; none when it is no array.
const text::Json::Array& items_at(const text::Json& object,
                                  std::initializer_list<std::string_view> path);
const text::Json::Object& members_at(const text::Json& object,
                                     std::initializer_list<std::string_view> path);

}  // namespace stagegate::audit_writer
