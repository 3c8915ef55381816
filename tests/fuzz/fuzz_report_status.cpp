// A target's report, in pieces or at once, and what its words mean. The first byte chooses whether
// it comes in side bands.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"
#include "plugins/gitea-mirror/wire/report_status.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

struct Read {
  std::vector<std::string> names;
  std::vector<std::string> reasons;
  Remarks remarks;
  bool good = true;
  ReportReader::Ending ending = ReportReader::Ending::missing;

  bool operator==(const Read& other) const {
    return names == other.names && reasons == other.reasons && good == other.good &&
           ending == other.ending && remarks.lines() == other.remarks.lines();
  }
};

Read read(std::string_view bytes, bool side_band, std::size_t piece) {
  Read result;
  ReportReader reader(
      side_band,
      [&](const RefStatus& status) {
        demand(is_ref_name(status.name));
        demand(status.taken == status.reason.empty());
        result.names.emplace_back(status.name);
        result.reasons.emplace_back(status.reason);
      },
      [&](std::string_view line) { result.remarks.add(line); });
  for (; !bytes.empty() && result.good; bytes.remove_prefix(std::min(piece, bytes.size()))) {
    result.good = reader.feed(bytes.substr(0, piece)).has_value();
  }
  reader.finish();
  result.ending = reader.ending();
  demand(!classify_unpack(reader.unpack_trouble(), result.remarks).advice.empty());
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool side_band = data[0] % 2 == 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Read whole = read(bytes, side_band, size + 1);
  demand(whole == read(bytes, side_band, 3));
  for (const std::string& reason : whole.reasons) {
    demand(!name_of(classify(reason, whole.remarks).kind).empty());
  }
  return 0;
}
