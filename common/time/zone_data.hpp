// The tz data that is built in (cmake/TimeZones.cmake generates the source).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace stagegate::time {

struct EmbeddedZone {
  std::string_view name;
  std::size_t offset;
  std::size_t size;
};

std::span<const EmbeddedZone> embedded_zones();             // sorted by name
std::string_view embedded_bytes(const EmbeddedZone& zone);  // a TZif file
std::string_view embedded_version();

}  // namespace stagegate::time
