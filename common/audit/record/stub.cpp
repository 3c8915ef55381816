#include "common/audit/record/stub.hpp"

#include <algorithm>
#include <utility>

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kBegin = R"({"stub":1,"seq":)";
constexpr std::string_view kLeaf = R"(,"leaf":")";
constexpr std::string_view kBy = R"(","by":)";
constexpr std::string_view kPad = R"(,"pad":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::size_t kDigits = 64;

// What comes before `mark`, which is taken off `rest` too; empty when it is not there.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view mark) {
  const auto at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return taken;
}

}  // namespace

std::string show(const Stub& stub, std::size_t length) {
  std::string line = cat(kBegin, stub.seq, kLeaf, crypto::hex(stub.leaf), kBy, stub.by, kPad);
  const std::size_t used = line.size() + kEnd.size();
  return cat(line, std::string(length - std::min(used, length), '.'), kEnd);
}

std::optional<Stub> parse_stub(std::string_view line) {
  if (!line.starts_with(kBegin)) return std::nullopt;
  std::string_view rest = line.substr(kBegin.size());
  const auto seq = text::parse_count(take_until(rest, kLeaf).value_or(""));
  const auto leaf = crypto::parse_hex_hash(rest.substr(0, kDigits));
  if (!seq || !leaf) return std::nullopt;
  rest.remove_prefix(kDigits);
  if (!rest.starts_with(kBy)) return std::nullopt;
  rest.remove_prefix(kBy.size());
  const auto by = text::parse_count(take_until(rest, kPad).value_or(""));
  if (!by || !rest.ends_with(kEnd)) return std::nullopt;
  const Stub stub{*seq, *leaf, *by};
  if (show(stub, line.size()) != line) return std::nullopt;
  return stub;
}

Hash stored_leaf(std::string_view line) {
  const auto stub = parse_stub(line);
  return stub ? stub->leaf : leaf_hash(line);
}

}  // namespace stagegate::audit
