// Whatever a registry writes into WWW-Authenticate and Link, reading it ends, and a Link never
// leads to another host.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "common/oci/challenge.hpp"
#include "common/oci/tag_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagegate;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string_view> one = {bytes};
  const std::vector<std::string_view> two = {bytes.substr(0, size / 2), bytes.substr(size / 2)};
  for (const auto& fields : {one, two}) {
    const auto challenge = oci::choose(oci::parse_challenges(fields));
    if (challenge && challenge->scheme != "bearer" && challenge->scheme != "basic") std::abort();
    const auto next =
        oci::next_page(fields, "https://r.example:5000/v2/a/tags/list", "/v2/a/tags/list");
    if (next && *next) static_cast<void>(oci::with_larger_pages(**next));
  }
  return 0;
}
