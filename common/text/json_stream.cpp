#include "common/text/json_stream.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/characters.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::uint64_t eight_times(unsigned char byte) {
  return 0x0101010101010101u * byte;
}

// How many bytes at the beginning are neither a quote, a backslash, a control character nor part
// of a longer UTF-8 sequence. Eight at a time: most of a file is such bytes.
std::size_t plain_bytes(std::string_view text) {
  const auto stops = [](std::uint64_t word, unsigned char byte) {
    return (word ^ eight_times(byte)) - eight_times(1);
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // A borrow reaches a higher byte only from one that stops already, and a byte above 127 stops
    // by itself: the word as a whole is judged right.
    const std::uint64_t found =
        word | (word - eight_times(0x20)) | stops(word, '"') | stops(word, '\\');
    if ((found & eight_times(0x80)) != 0) break;
  }
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  };
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80u | (point >> shift & 0x3Fu));
  };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0u | point >> 6u);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0u | point >> 12u);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0u | point >> 18u);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The bytes of one longer UTF-8 sequence, which may come in pieces (Unicode 15, table 3-7).
class Sequence {
 public:
  bool open() const { return more_ > 0; }

  // False when the sequence cannot go on, or not begin, with this byte.
  bool take(unsigned char byte) {
    if (more_ == 0) return begin(byte);
    if (byte < lowest_ || byte > highest_) return false;
    --more_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return true;
  }

 private:
  bool begin(unsigned char first) {
    if (first < 0xC2 || first > 0xF4) return false;
    more_ = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    // No overlong forms, no surrogates, nothing above U+10FFFF.
    lowest_ = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    highest_ = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return true;
  }

  int more_ = 0;
  unsigned char lowest_ = 0x80;
  unsigned char highest_ = 0xBF;
};

// The grammar of a number, byte by byte.
class Number {
 public:
  void begin() { state_ = State::start; }

  // False when the number ends before this byte.
  bool take(char c) {
    const State next = after(c);
    if (next == State::end) return false;
    state_ = next;
    return true;
  }
  bool whole() const {
    return state_ == State::zero || state_ == State::digits || state_ == State::fraction ||
           state_ == State::exponent;
  }

 private:
  enum class State { start, minus, zero, digits, point, fraction, e, e_sign, exponent, end };

  State after(char c) const {
    const bool exponent_begins = c == 'e' || c == 'E';
    switch (state_) {
      case State::start:
        if (c == '-') return State::minus;
        [[fallthrough]];
      case State::minus:
        if (c == '0') return State::zero;
        return is_digit(c) ? State::digits : State::end;
      case State::digits:
        if (is_digit(c)) return State::digits;
        [[fallthrough]];
      case State::zero:
        if (c == '.') return State::point;
        return exponent_begins ? State::e : State::end;
      case State::fraction:
        if (exponent_begins) return State::e;
        [[fallthrough]];
      case State::point:
        return is_digit(c) ? State::fraction : State::end;
      case State::e:
        if (c == '+' || c == '-') return State::e_sign;
        [[fallthrough]];
      case State::e_sign:
      case State::exponent:
        return is_digit(c) ? State::exponent : State::end;
      case State::end:
        break;
    }
    return State::end;
  }

  State state_ = State::start;
};

struct Literal {
  std::string_view word;
  JsonToken token;
};
constexpr std::array<Literal, 3> kLiterals = {{
    {"true", JsonToken::true_},
    {"false", JsonToken::false_},
    {"null", JsonToken::null},
}};

}  // namespace

class JsonStream::Reader {
 public:
  Reader(Each each, JsonStreamLimits limits) : each_(std::move(each)), limits_(limits) {}

  Result<> feed(std::string_view bytes) {
    if (failure_) return forward(*failure_);
    bytes_ = bytes;
    at_ = 0;
    while (at_ < bytes_.size()) {
      if (auto done = step(); !done) return end(std::move(done.error()));
    }
    const std::size_t line_break = bytes_.rfind('\n');
    lines_ += breaks(bytes_);
    columns_ = line_break == std::string_view::npos ? columns_ + bytes_.size()
                                                    : bytes_.size() - line_break - 1;
    bytes_ = {};
    at_ = 0;
    return {};
  }

  Result<> finish() {
    if (failure_) return forward(*failure_);
    if (state_ == State::number) {
      if (auto told = end_number(); !told) return end(std::move(told.error()));
    }
    if (state_ != State::done) return end(wrong("the value is not whole").value());
    return {};
  }

  bool cut() const { return cut_; }

 private:
  enum class State {
    mark,  // perhaps a byte order mark, which parsers may pass over (RFC 8259, section 8.1)
    value,
    first_value,  // or the end of the array
    first_key,    // or the end of the object
    key,
    colon,
    comma,  // or the end
    string,
    escape,
    hex,
    low_escape,  // the backslash of the second half of a pair
    low_u,
    number,
    literal,
    done,
  };

  static std::size_t breaks(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  tl::unexpected<Failure> wrong(std::string_view why) const {
    const std::string_view before = bytes_.substr(0, at_);
    const std::size_t line_break = before.rfind('\n');
    const std::size_t column = line_break == std::string_view::npos ? columns_ + before.size() + 1
                                                                    : before.size() - line_break;
    return usage(cat("line ", lines_ + breaks(before) + 1, ", column ", column, ": ", why));
  }

  Result<> end(Failure failure) {
    failure_ = std::move(failure);
    return forward(*failure_);
  }

  Result<> step() {
    switch (state_) {
      case State::mark:
        return take_mark();
      case State::string:
        return take_string();
      case State::escape:
        return take_escape();
      case State::hex:
        return take_hex();
      case State::low_escape:
      case State::low_u:
        return take_pair();
      case State::number:
        return take_number();
      case State::literal:
        return take_literal();
      default:
        return take_structure();
    }
  }

  Result<> take_mark() {
    if (bytes_[at_] == kByteOrderMark[matched_]) {
      ++at_;
      if (++matched_ == kByteOrderMark.size()) state_ = State::value;
      return {};
    }
    if (matched_ > 0) return wrong("half a byte order mark");
    state_ = State::value;
    return {};
  }

  Result<> take_structure() {
    const std::size_t next = bytes_.find_first_not_of(" \t\r\n", at_);
    if (next == std::string_view::npos) {
      at_ = bytes_.size();
      return {};
    }
    at_ = next;
    const char c = bytes_[at_];
    switch (state_) {
      case State::first_value:
        if (c == ']') return close(c);
        return begin_value(c);
      case State::value:
        return begin_value(c);
      case State::first_key:
        if (c == '}') return close(c);
        [[fallthrough]];
      case State::key:
        if (c != '"') return wrong("the name of a member is missing");
        return begin_string(true);
      case State::colon:
        if (c != ':') return wrong("a colon is missing behind the name of a member");
        state_ = State::value;
        break;
      case State::comma:
        if (c != ',') return close(c);
        state_ = open_.back() ? State::key : State::value;
        break;
      default:
        return wrong("something follows behind the value");
    }
    ++at_;
    return {};
  }

  Result<> begin_value(char c) {
    if (c == '"') return begin_string(false);
    if (c == '{' || c == '[') return open(c == '{');
    if (c == '-' || is_digit(c)) {
      text_.clear();
      number_.begin();
      state_ = State::number;
      return {};
    }
    for (const Literal& literal : kLiterals) {
      if (c != literal.word.front()) continue;
      literal_ = literal;
      matched_ = 0;
      state_ = State::literal;
      return {};
    }
    return wrong("here a value should begin");
  }

  Result<> open(bool object) {
    if (open_.size() >= static_cast<std::size_t>(std::max(0, limits_.depth))) {
      return wrong(cat("nested deeper than ", limits_.depth, " levels"));
    }
    ++at_;
    open_.push_back(object);
    state_ = object ? State::first_key : State::first_value;
    return each_(object ? JsonToken::begin_object : JsonToken::begin_array, {});
  }

  Result<> close(char c) {
    const bool object = open_.back();
    if (c != (object ? '}' : ']')) {
      return wrong(object ? "a comma or the end of the object is missing"
                          : "a comma or the end of the array is missing");
    }
    ++at_;
    open_.pop_back();
    after_value();
    return each_(object ? JsonToken::end_object : JsonToken::end_array, {});
  }

  void after_value() { state_ = open_.empty() ? State::done : State::comma; }

  Result<> begin_string(bool key) {
    ++at_;
    is_key_ = key;
    copied_ = false;
    text_.clear();
    state_ = State::string;
    return {};
  }

  // What lies in this feed until the string ends, or until something is not there literally.
  Result<> take_string() {
    const std::size_t first = at_;
    for (;;) {
      if (!sequence_.open()) at_ += plain_bytes(bytes_.substr(at_));
      const std::string_view run = bytes_.substr(first, at_ - first);
      if (at_ == bytes_.size()) {
        keep(run);
        return {};
      }
      const char c = bytes_[at_];
      if (sequence_.open() || static_cast<unsigned char>(c) >= 0x80) {
        if (!sequence_.take(static_cast<unsigned char>(c))) return wrong("no valid UTF-8");
        ++at_;
      } else if (c == '"') {
        ++at_;
        return end_string(run);
      } else if (c == '\\') {
        ++at_;
        keep(run);
        state_ = State::escape;
        return {};
      } else {
        return wrong("a control character in a string");
      }
    }
  }

  Result<> end_string(std::string_view run) {
    if (copied_) {
      keep(run);
      run = text_;
    }
    state_ = State::colon;
    if (!is_key_) after_value();
    cut_ = run.size() > limits_.longest;
    return each_(is_key_ ? JsonToken::key : JsonToken::string,
                 cut_at_character(run, limits_.longest));
  }

  // A little more than is told, so that one sees where the last character ends.
  void keep(std::string_view run) {
    copied_ = true;
    const std::size_t room = limits_.longest + 4 - std::min(limits_.longest + 4, text_.size());
    text_.append(run.substr(0, room));
  }

  Result<> take_escape() {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const char c = bytes_[at_];
    if (c == 'u') {
      ++at_;
      begin_hex();
      return {};
    }
    const std::size_t which = kNames.find(c);
    if (which == std::string_view::npos) return wrong("no such escape in a string");
    ++at_;
    keep(kMeant.substr(which, 1));
    state_ = State::string;
    return {};
  }

  void begin_hex() {
    point_ = 0;
    matched_ = 0;
    state_ = State::hex;
  }

  Result<> take_hex() {
    const auto digit = hex_value(bytes_[at_]);
    if (!digit) return wrong("\\u needs four hexadecimal digits");
    point_ = point_ << 4u | *digit;
    if (++matched_ < 4) {
      ++at_;
      return {};
    }
    const bool low = point_ >= 0xDC00 && point_ <= 0xDFFF;
    if (low != (high_ != 0)) return wrong("half a surrogate pair");
    ++at_;
    if (point_ >= 0xD800 && point_ < 0xDC00) {
      high_ = point_;
      state_ = State::low_escape;
      return {};
    }
    std::string character;
    append_utf8(character, low ? 0x10000 + ((high_ - 0xD800) << 10u) + (point_ - 0xDC00) : point_);
    high_ = 0;
    keep(character);
    state_ = State::string;
    return {};
  }

  Result<> take_pair() {
    const bool backslash = state_ == State::low_escape;
    if (bytes_[at_] != (backslash ? '\\' : 'u')) return wrong("half a surrogate pair");
    ++at_;
    if (backslash) {
      state_ = State::low_u;
    } else {
      begin_hex();
    }
    return {};
  }

  Result<> take_number() {
    const std::size_t first = at_;
    while (at_ < bytes_.size() && number_.take(bytes_[at_])) ++at_;
    if (text_.size() + (at_ - first) > limits_.longest) {
      return wrong(cat("a number of more than ", limits_.longest, " characters"));
    }
    text_.append(bytes_.substr(first, at_ - first));
    if (at_ == bytes_.size()) return {};
    return end_number();
  }

  Result<> end_number() {
    if (!number_.whole()) return wrong("the number is not whole");
    after_value();
    cut_ = false;
    return each_(JsonToken::number, text_);
  }

  Result<> take_literal() {
    if (bytes_[at_] != literal_.word[matched_]) return wrong("here a value should begin");
    ++at_;
    if (++matched_ < literal_.word.size()) return {};
    after_value();
    return each_(literal_.token, {});
  }

  Each each_;
  JsonStreamLimits limits_;
  std::optional<Failure> failure_;
  State state_ = State::mark;
  std::vector<bool> open_;  // true: an object

  std::string_view bytes_;  // what is being fed, and how far it is read
  std::size_t at_ = 0;
  std::size_t lines_ = 0;  // before it
  std::size_t columns_ = 0;

  std::string text_;  // of a string that does not lie whole and plain in one feed, or of a number
  bool copied_ = false;
  bool is_key_ = false;
  bool cut_ = false;
  Sequence sequence_;
  std::uint32_t point_ = 0;
  std::uint32_t high_ = 0;  // the first half of a pair
  std::size_t matched_ = 0;
  Number number_;
  Literal literal_ = kLiterals.front();
};

JsonStream::JsonStream(Each each, JsonStreamLimits limits)
    : reader_(std::make_unique<Reader>(std::move(each), limits)) {}
JsonStream::~JsonStream() = default;
JsonStream::JsonStream(JsonStream&&) noexcept = default;
JsonStream& JsonStream::operator=(JsonStream&&) noexcept = default;

Result<> JsonStream::feed(std::string_view bytes) {
  return reader_->feed(bytes);
}
Result<> JsonStream::finish() {
  return reader_->finish();
}
bool JsonStream::cut() const {
  return reader_->cut();
}

}  // namespace stagegate::text
