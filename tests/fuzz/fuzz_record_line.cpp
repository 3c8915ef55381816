// How a line begins, and what is left of a redacted one, is read without a JSON parser.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/text/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagegate;
  using namespace stagegate::audit;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto stub = parse_stub(line);
  if (stub && show(*stub, line.size()) != line) std::abort();
  const auto head = read_head(line);
  if (head && stub) std::abort();
  if (head) {
    const std::string rest = text::cat(",\"seq\":", head->seq, ",\"prev\":\"", head->prev,
                                       "\",\"ts\":\"", head->ts, "\"");
    const auto at = line.find(',');
    if (!line.substr(at).starts_with(rest)) std::abort();
  }
  return 0;
}
