#include "common/audit/log/slot.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kFormat = "stagegate-slot/1";

auto malformed(std::string_view what) {
  return fail(Failure::Kind::conflict, cat("not a slot: ", what));
}

// "stagegate-slot/1 <seq> <start> <end> <npeaks> <peak> ...", "<leaf>": everything but the line.
std::optional<Slot> parse_claim(std::string_view text) {
  const auto lines = text::split(text, '\n');
  if (lines.size() != 3 || !lines[2].empty()) return std::nullopt;
  const auto words = text::split(lines[0], ' ');
  if (words.size() < 5 || words[0] != kFormat) return std::nullopt;
  const auto seq = text::parse_count(words[1]);
  const auto start = text::parse_count(words[2]);
  const auto end = text::parse_count(words[3]);
  const auto count = text::parse_count(words[4]);
  const auto leaf = crypto::parse_base64_hash(lines[1]);
  if (!seq || !start || !end || !count || !leaf || *count != words.size() - 5) return std::nullopt;
  std::vector<Hash> peaks;
  for (std::size_t i = 5; i < words.size(); ++i) {
    const auto peak = crypto::parse_base64_hash(words[i]);
    if (!peak) return std::nullopt;
    peaks.push_back(*peak);
  }
  auto frontier = Frontier::of(*seq + 1, std::move(peaks));
  if (!frontier) return std::nullopt;
  return Slot{{}, *seq, *start, *end, std::move(*frontier), *leaf};
}

}  // namespace

std::string sign_slot(const Slot& slot, const SigningKey& key) {
  const auto& peaks = slot.frontier.peaks();
  std::string claim =
      cat(kFormat, " ", slot.seq, " ", slot.start, " ", slot.end, " ", peaks.size());
  for (const Hash& peak : peaks) claim += " " + crypto::base64(peak);
  claim += "\n" + crypto::base64(slot.leaf) + "\n";
  return cat(slot.line, "\n", key.sign(claim));
}

Result<Slot> open_slot(std::string_view bytes, const VerifyKey& key) {
  const auto line_end = bytes.find('\n');
  if (line_end == std::string_view::npos) return malformed("it has no end of line");
  const auto claim = open_note(bytes.substr(line_end + 1), key);
  if (!claim) return forward(claim.error());
  auto slot = parse_claim(*claim);
  if (!slot) return malformed("its note says something else");
  slot->line = std::string(bytes.substr(0, line_end));
  // The note holds for what is left of a redacted record, too: the leaf is what is signed.
  if (slot->leaf != stored_leaf(slot->line)) return malformed("its record is not the signed one");
  const bool first = slot->seq % kSegmentLines == 0;
  if (slot->end - slot->start != slot->line.size() + 1 || slot->end < slot->start ||
      first != (slot->start == 0)) {
    return malformed("its record cannot stand where it says");
  }
  return std::move(*slot);
}

}  // namespace stagegate::audit
