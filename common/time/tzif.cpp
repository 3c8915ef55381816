#include "common/time/tzif.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::time {
namespace {

constexpr std::size_t kHeaderSize = 44;
constexpr std::size_t kTypeSize = 6;
constexpr std::size_t kTimeSize = 8;
// RFC 9636 wants a reader to take offsets from -25 h to 26 h; nobody lives beyond.
constexpr std::int64_t kLeastOffset = -25 * 3600 + 1;
constexpr std::int64_t kMostOffset = 26 * 3600 - 1;
// Instants beyond these (the years -9999 and 9999) are the "big bang" of old files, or nonsense.
constexpr std::int64_t kMostSeconds = std::int64_t{253'370'764'800};

struct Counts {
  std::uint64_t ut_flags, standard_flags, leaps, times, types, chars;

  std::uint64_t body(std::uint64_t time_size) const {
    return times * (time_size + 1) + types * kTypeSize + chars + leaps * (time_size + 4) +
           standard_flags + ut_flags;
  }
};

std::uint64_t big_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(offset, size))
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

struct Header {
  char version;
  Counts counts;
};

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || bytes.substr(0, 4) != "TZif") return std::nullopt;
  const auto count = [&](std::size_t index) { return big_endian(bytes, 20 + 4 * index, 4); };
  return Header{bytes[4], {count(0), count(1), count(2), count(3), count(4), count(5)}};
}

tl::unexpected<Failure> corrupt(std::string_view what) {
  return unknown(text::cat("not a usable TZif file: ", what));
}

Result<std::vector<LocalType>> read_types(std::string_view types, std::string_view chars) {
  std::vector<LocalType> read;
  for (std::size_t at = 0; at < types.size(); at += kTypeSize) {
    const auto offset = static_cast<std::int32_t>(big_endian(types, at, 4));
    if (offset < kLeastOffset || offset > kMostOffset) return corrupt("an offset beyond a day");
    const auto daylight = static_cast<unsigned char>(types[at + 4]);
    const std::size_t name = static_cast<unsigned char>(types[at + 5]);
    const std::size_t end = name < chars.size() ? chars.find('\0', name) : std::string_view::npos;
    if (daylight > 1 || end == std::string_view::npos) return corrupt("a bad local time type");
    read.push_back({seconds{offset}, daylight == 1, std::string(chars.substr(name, end - name))});
  }
  return read;
}

Result<std::vector<TransitionTable::Transition>> read_transitions(std::string_view times,
                                                                  std::string_view indices,
                                                                  std::size_t type_count) {
  std::vector<TransitionTable::Transition> read;
  read.reserve(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto at = static_cast<std::int64_t>(big_endian(times, i * kTimeSize, kTimeSize));
    const auto type = static_cast<std::uint8_t>(indices[i]);
    if (type >= type_count) return corrupt("a transition to a type that is not there");
    if (i > 0 && at <= static_cast<std::int64_t>(big_endian(times, (i - 1) * kTimeSize, kTimeSize)))
      return corrupt("transitions out of order");
    const Instant instant{seconds{std::clamp(at, -kMostSeconds, kMostSeconds)}};
    // Several that are older than every calendar fold into the last of them.
    if (!read.empty() && read.back().at == instant) read.pop_back();
    read.push_back({instant, type});
  }
  return read;
}

Result<PosixRule> read_footer(std::string_view footer) {
  if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) != footer.size() - 1)
    return corrupt("no footer");
  if (footer.size() == 2) return corrupt("no rule for the time after the last transition");
  return PosixRule::parse(footer.substr(1, footer.size() - 2));
}

}  // namespace

Result<TransitionTable> parse_tzif(std::string_view bytes) {
  // The first block is for readers of version 1, with 32-bit times; the second one is what counts.
  const auto old = read_header(bytes);
  if (!old) return corrupt("no header");
  if (old->version < '2') return corrupt("version 1 says nothing about the time after 2037");
  const std::uint64_t old_size = kHeaderSize + old->counts.body(4);
  if (old_size > bytes.size()) return corrupt("cut short");
  bytes.remove_prefix(old_size);

  const auto header = read_header(bytes);
  if (!header) return corrupt("no second header");
  const Counts& counts = header->counts;
  bytes.remove_prefix(kHeaderSize);
  if (counts.body(kTimeSize) > bytes.size()) return corrupt("cut short");
  if (counts.leaps != 0) return corrupt("it counts leap seconds (a file from \"right/\")");
  if (counts.types == 0 || counts.types > 256) return corrupt("no local time types, or too many");

  std::size_t offset = 0;
  const auto next = [&](std::uint64_t size) {
    const auto piece = bytes.substr(offset, size);
    offset += size;
    return piece;
  };
  const auto times = next(counts.times * kTimeSize);
  const auto indices = next(counts.times);
  const auto type_bytes = next(counts.types * kTypeSize);
  const auto chars = next(counts.chars);
  next(counts.standard_flags + counts.ut_flags);

  auto types = read_types(type_bytes, chars);
  if (!types) return forward(std::move(types.error()));
  auto transitions = read_transitions(times, indices, types->size());
  if (!transitions) return forward(std::move(transitions.error()));
  auto rule = read_footer(bytes.substr(offset));
  if (!rule) return forward(std::move(rule.error()));
  return TransitionTable{std::move(*transitions), std::move(*types), std::move(*rule)};
}

}  // namespace stagegate::time
