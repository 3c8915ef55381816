// Finds idempotency keys that stand in two records. There may be as many keys as records: they are
// gone through in shares, each of which fits into a bounded table.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/audit/verify/lines.hpp"
#include "common/audit/verify/strict.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kMember = R"("idem":")";
constexpr std::uint64_t kKeysAtOnce = std::uint64_t{1} << 18;

struct Fingerprint {
  std::uint64_t key;
  std::uint64_t seq;
};

std::string parsed_key(std::string_view line) {
  const auto record = text::parse_json(line);
  return record ? std::string(record->text("idem")) : "";
}

// Most likely the record's key. A member of that name deeper inside may deceive here; what is found
// equal is looked at again.
std::string likely_key(std::string_view line) {
  const auto at = line.find(kMember);
  if (at == std::string_view::npos) return "";
  const auto begin = at + kMember.size();
  const auto end = line.find('"', begin);
  const bool plain = end != std::string_view::npos &&
                     line.substr(begin, end - begin).find('\\') == std::string_view::npos &&
                     line.find(kMember, end) == std::string_view::npos;
  return plain ? std::string(line.substr(begin, end - begin)) : parsed_key(line);
}

// The records of one share whose fingerprints are equal.
Result<std::set<std::uint64_t>> suspects(const Layout& layout, std::uint64_t size,
                                         std::uint64_t share, std::uint64_t shares) {
  std::vector<Fingerprint> seen;
  const auto read = each_line(layout, size, [&](const RecordLine& line) {
    const std::string key = line.stub ? "" : likely_key(line.text);
    const std::uint64_t hash = std::hash<std::string>()(key);
    if (!key.empty() && hash % shares == share) seen.push_back({hash, line.seq});
  });
  if (!read) return forward(read.error());
  std::ranges::sort(seen, {}, &Fingerprint::key);
  std::set<std::uint64_t> found;
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].key != seen[i - 1].key) continue;
    found.insert({seen[i].seq, seen[i - 1].seq});
  }
  return found;
}

}  // namespace

Result<> find_duplicate_keys(const Layout& layout, std::uint64_t size, Findings& findings) {
  const std::uint64_t shares = size / kKeysAtOnce + 1;
  for (std::uint64_t share = 0; share < shares; ++share) {
    const auto found = suspects(layout, size, share, shares);
    if (!found) return forward(found.error());
    if (found->empty()) continue;
    std::map<std::string, std::uint64_t> first;
    const auto read = each_line(layout, size, [&](const RecordLine& line) {
      if (line.stub || !found->contains(line.seq)) return;
      const auto [there, fresh] = first.emplace(parsed_key(line.text), line.seq);
      if (fresh || there->first.empty()) return;
      findings.add(Finding::duplicate_key, line.seq, line.where(),
                   cat("its idempotency key ", text::quoted(there->first, 200),
                       " belongs to record ", there->second));
    });
    if (!read) return forward(read.error());
  }
  return {};
}

}  // namespace stagegate::audit
