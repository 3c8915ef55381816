#include "plugins/gitea-mirror/wire/pkt_line.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kHead = 4;
constexpr std::size_t kPiece = 32u << 10;

std::optional<std::size_t> length_of(std::string_view head) {
  std::size_t length = 0;
  for (const char c : head.substr(0, kHead)) {
    const auto digit = text::hex_value(c);
    if (!digit) return std::nullopt;
    length = length * 16 + *digit;
  }
  if (length == 3 || length > PktReader::kLongest) return std::nullopt;
  return length;
}

Pkt pkt_of(std::string_view whole) {
  switch (*length_of(whole)) {
    case 0:
      return {.kind = Pkt::Kind::flush};
    case 1:
      return {.kind = Pkt::Kind::delimiter};
    case 2:
      return {.kind = Pkt::Kind::response_end};
    default:
      return {.kind = Pkt::Kind::data, .data = whole.substr(kHead)};
  }
}

Result<> no_git(std::string_view bytes) {
  return unknown(
      text::cat("what came is not git's protocol (a login page, a proxy, a shell that "
                "prints something?): ",
                text::quoted(bytes, 60)));
}

}  // namespace

std::string_view line_of(const Pkt& pkt) {
  std::string_view line = pkt.data;
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

Result<> PktReader::feed(std::string_view bytes, const Each& each) {
  while (!bytes.empty()) {
    const bool fresh = held_.empty();
    // A whole one is looked at where it lies: a pack is not copied once more.
    const std::string_view head = fresh ? bytes : std::string_view(held_);
    std::size_t wanted = kHead;
    if (head.size() >= kHead) {
      const auto length = length_of(head);
      if (!length) return no_git(head);
      wanted = std::max(*length, kHead);
      if (fresh && bytes.size() >= wanted) {
        if (auto taken = each(pkt_of(bytes.substr(0, wanted))); !taken) return taken;
        bytes.remove_prefix(wanted);
        continue;
      }
    }
    const std::size_t more = std::min(wanted - held_.size(), bytes.size());
    held_.append(bytes.substr(0, more));
    bytes.remove_prefix(more);
    if (held_.size() < kHead) return {};
    const auto length = length_of(held_);
    if (!length) return no_git(held_);
    if (held_.size() < std::max(*length, kHead)) continue;
    auto taken = each(pkt_of(held_));
    held_.clear();
    if (!taken) return taken;
  }
  return {};
}

void append_pkt(std::string& out, std::string_view data) {
  const std::size_t length = data.size() + kHead;
  if (length > PktReader::kLongest) throw std::length_error("more than a pkt-line can hold");
  for (int shift = 12; shift >= 0; shift -= 4) out += text::kLowerHex[(length >> shift) % 16];
  out += data;
}

void append_flush(std::string& out) {
  out += "0000";
}

void append_delimiter(std::string& out) {
  out += "0001";
}

Result<> PieceWriter::pkt(std::string_view data) {
  append_pkt(piece_, data);
  return hand_on_when_full();
}

Result<> PieceWriter::flush_pkt() {
  append_flush(piece_);
  return hand_on_when_full();
}

Result<> PieceWriter::raw(std::string_view pkts) {
  piece_ += pkts;
  return hand_on_when_full();
}

Result<> PieceWriter::hand_on_when_full() {
  return piece_.size() < kPiece ? Result<>{} : end();
}

Result<> PieceWriter::end() {
  if (piece_.empty()) return {};
  auto taken = sink_(piece_);
  piece_.clear();
  return taken;
}

}  // namespace stagegate::mirror
