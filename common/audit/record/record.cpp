#include "common/audit/record/record.hpp"

#include <array>
#include <charconv>

#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "common/text/characters.hpp"
#include "common/text/text.hpp"
#include "common/time/instant.hpp"

namespace stagegate::audit {
namespace {

using std::chrono::milliseconds;
using text::cat;
using text::Json;

std::string three_digits(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(3 - digits.size(), '0') + digits;
}

// What can move a cursor, end a line for some reader, or show letters in another order than they
// have ("Trojan source"). Below U+0020 the JSON writer has seen to it.
bool deceives(std::uint32_t code) {
  return (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

// The writer's short escapes, in the one form that the format has for control characters.
std::uint32_t short_escape(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

// Reads the beginning of a line piece by piece.
class Head {
 public:
  explicit Head(std::string_view line) : rest_(line) {}

  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto length = static_cast<std::size_t>(end - rest_.data());
    const bool padded = length > 1 && rest_.front() == '0';
    if (error != std::errc{} || padded) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }
  // Up to a quotation mark.
  std::string_view text() {
    const std::string_view found = rest_.substr(0, rest_.find_first_of("\"\\"));
    rest_.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::string show(Stamp stamp) {
  const auto whole = date::floor<time::seconds>(stamp);
  std::string out = time::rfc3339(whole);
  out.insert(out.size() - 1, cat(".", three_digits((stamp - whole).count())));
  return out;
}

Result<Stamp> parse_stamp(std::string_view text) {
  const auto refused = [&] {
    return usage(cat(text::quoted(text), " is not a time in UTC, such as 2026-11-21T06:30:00Z"));
  };
  constexpr std::size_t kSecondsEnd = std::string_view("2026-11-21T06:30:00").size();
  const bool shaped = text.size() > kSecondsEnd && text[10] == 'T' && text.ends_with('Z');
  if (!shaped) return refused();
  std::string_view fraction = text.substr(kSecondsEnd, text.size() - kSecondsEnd - 1);
  const auto whole = time::parse_instant(text);
  // The rest of the shape, and that the day exists. A fraction has 1 to 9 digits.
  if (!whole || (!fraction.empty() && fraction.front() != '.') || fraction.size() > 10) {
    return refused();
  }
  std::int64_t thousandths = 0;
  for (std::size_t digit = 1; digit <= 3; ++digit) {
    thousandths = thousandths * 10 + (digit < fraction.size() ? fraction[digit] - '0' : 0);
  }
  return *whole + milliseconds(thousandths);
}

std::string one_line(const Json& json) {
  const std::string plain = json.dump();
  std::string out;
  out.reserve(plain.size());
  for (std::size_t at = 0; at < plain.size();) {
    if (plain[at] == '\\') {  // the writer never ends in the middle of an escape
      const std::uint32_t control = short_escape(plain[at + 1]);
      if (control != 0) {
        text::append_unicode_escape(out, control);
      } else {
        out.append(plain, at, 2);
      }
      at += 2;
      continue;
    }
    const std::size_t length = text::utf8_sequence(plain, at);  // the writer's UTF-8 is well-formed
    const std::string_view sequence = std::string_view(plain).substr(at, length);
    const std::uint32_t code = text::code_point(sequence);
    if (deceives(code)) {
      text::append_unicode_escape(out, code);
    } else {
      out += sequence;
    }
    at += length;
  }
  return out;
}

Result<std::string> compose_line(const Draft& draft, const Place& place) {
  Json record;
  record.set("v", 1)
      .set("seq", place.seq)
      .set("prev", crypto::hex(place.prev))
      .set("ts", show(place.ts));
  if (place.previous_ts && place.ts < *place.previous_ts) {
    record.set("clock_behind_ms", std::int64_t{(*place.previous_ts - place.ts).count()});
  }
  if (const auto* members = draft.object()) {
    for (const auto& [name, value] : *members) record.set(name, value);
  }
  if (draft.find("writer") == nullptr) record.set("writer", place.writer);
  record.set("id", make_ulid(place.ts));
  record.set("salt", crypto::base64url(crypto::random_bytes(16)));
  std::string line = one_line(record);
  if (line.size() > kLongestLine) {
    return usage(cat("the record has ", line.size(), " bytes, at most ", kLongestLine,
                     " fit into a line of the log: shorten notes, justification or x"));
  }
  return line;
}

std::optional<LineHead> read_head(std::string_view line) {
  Head head(line);
  if (!head.literal(R"({"v":)") || !head.number() || !head.literal(R"(,"seq":)")) {
    return std::nullopt;
  }
  const auto seq = head.number();
  if (!seq || !head.literal(R"(,"prev":")")) return std::nullopt;
  const std::string_view prev = head.text();
  if (!crypto::parse_hex_hash(prev) || !head.literal(R"(","ts":")")) return std::nullopt;
  const std::string_view ts = head.text();
  if (!head.literal("\"")) return std::nullopt;
  return LineHead{*seq, prev, ts};
}

// Crockford's base 32: 48 bits of time, then 80 random ones.
std::string make_ulid(Stamp at) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr unsigned kBits = 5;
  auto ms = static_cast<std::uint64_t>(at.time_since_epoch().count());
  std::string ulid(26, '0');
  for (std::size_t i = 10; i > 0; --i, ms >>= kBits) ulid[i - 1] = kDigits[ms & 31u];
  // 256 is a multiple of 32: every digit is as likely as any other.
  const std::string random = crypto::random_bytes(16);
  for (std::size_t i = 0; i < random.size(); ++i) {
    ulid[10 + i] = kDigits[static_cast<std::uint8_t>(random[i]) & 31u];
  }
  return ulid;
}

Hash first_prev(std::string_view origin) {
  return leaf_hash(origin);
}

}  // namespace stagegate::audit
