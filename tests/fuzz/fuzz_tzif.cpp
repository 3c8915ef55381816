// Time zone files come from a user's directory (tzdir): whatever they hold, the reader refuses or
// answers.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/time/tzif.hpp"
#include "common/time/zone.hpp"

using namespace stagegate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto table = time::parse_tzif({reinterpret_cast<const char*>(data), size});
  if (!table) return 0;
  const time::Zone zone("fuzz", std::move(*table));
  for (const std::int64_t at :
       std::initializer_list<std::int64_t>{-4'000'000'000, 0, 1'800'000'000, 5'000'000'000}) {
    const time::Instant instant{time::seconds{at}};
    if (zone.at(instant).abbrev.size() > size) __builtin_trap();
    const auto readings = zone.to_instants(time::Local{time::seconds{at}});
    if (readings.first > readings.last) __builtin_trap();
    zone.changes(instant, instant + std::chrono::hours{24 * 800});
  }
  return 0;
}
