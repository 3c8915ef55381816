#include "common/text/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "common/text/text.hpp"

namespace stagegate::text {

namespace {

// Walks the text and tells how far the parser has come: its events carry no position of their own.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** reached;

  reference operator*() const { return *at; }
  Cursor& operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
  bool operator!=(const Cursor& other) const { return at != other.at; }
};

// Of the last byte read.
std::string position(std::string_view read) {
  if (!read.empty()) read.remove_suffix(1);
  const auto line = 1 + std::count(read.begin(), read.end(), '\n');
  const std::size_t break_at = read.rfind('\n');
  const std::size_t column =
      break_at == std::string_view::npos ? read.size() + 1 : read.size() - break_at;
  return cat("line ", line, ", column ", column);
}

// The reason out of "[json.exception.parse_error.101] parse error at line 1, column 3: reason; last
// read: '...'". What was read last is left out: it may be part of a secret.
std::string reason(std::string_view what) {
  const std::size_t column = what.find(", column ");
  std::size_t start = what.find("] ");
  start = start == std::string_view::npos ? 0 : start + 2;
  if (column != std::string_view::npos) start = what.find(": ", column) + 2;
  return std::string(what.substr(start, what.find("; last read: ") - start));
}

// Makes the value out of the parser's events. One that returns false ends the parse; error() says
// why.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(JsonLimits limits) : limits_(limits) {}

  const std::string& error() const { return error_; }
  Json take() { return std::move(result_); }

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    // Only what does not fit the signed type is unsigned, so that equal numbers compare equal.
    constexpr auto kMostSigned =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return add(value <= kMostSigned ? Json(static_cast<std::int64_t>(value)) : Json(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return add(Json(value));
  }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return refuse("binary values are no JSON"); }

  bool start_object(std::size_t /*size*/) override { return open(true); }
  bool start_array(std::size_t /*size*/) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!open_.back().names.insert(name).second) {
      return refuse(cat("the member ", text::quoted(name), " is there twice"));
    }
    open_.back().members.emplace_back(std::move(name), Json());
    return true;
  }

  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& failure) override {
    return refuse(reason(failure.what()));
  }

 private:
  struct Level {
    bool is_object;
    Json::Array items;
    Json::Object members;  // the value of the last one is still to come
    std::unordered_set<std::string> names;
  };

  bool refuse(std::string why) {
    error_ = std::move(why);
    return false;
  }

  bool count() {
    return ++values_ <= limits_.values || refuse(cat("more than ", limits_.values, " values"));
  }

  bool add(Json value) {
    if (!count()) return false;
    place(std::move(value));
    return true;
  }

  void place(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_object) {
      open_.back().members.back().second = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
  }

  bool open(bool is_object) {
    if (!count()) return false;
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) {
      return refuse(cat("nested deeper than ", limits_.depth, " levels"));
    }
    open_.push_back(Level{is_object, {}, {}, {}});
    return true;
  }

  bool close() {
    Level level = std::move(open_.back());
    open_.pop_back();
    place(level.is_object ? Json(std::move(level.members)) : Json(std::move(level.items)));
    return true;
  }

  JsonLimits limits_;
  std::vector<Level> open_;
  std::size_t values_ = 0;
  std::string error_;
  Json result_;
};

// Strings and numbers are written by the library, the structure here: its own objects would lose
// the members' order, or look each one up when it is added.
template <class Scalar>
std::string dump_scalar(const Scalar& scalar) {
  return nlohmann::json(scalar).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}
  std::string take() { return std::move(out_); }

  void operator()(std::monostate /*null*/) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { out_ += std::to_string(value); }
  void operator()(std::uint64_t value) { out_ += std::to_string(value); }
  void operator()(double value) { out_ += dump_scalar(value); }
  void operator()(const std::string& value) { out_ += dump_scalar(value); }
  void operator()(const Json::Array& items) {
    list('[', ']', items, [this](const Json& item) { item.visit(*this); });
  }
  void operator()(const Json::Object& members) {
    list('{', '}', members, [this](const Json::Member& member) {
      out_ += dump_scalar(member.first);
      out_ += indent_ >= 0 ? ": " : ":";
      member.second.visit(*this);
    });
  }

 private:
  template <class List, class Write>
  void list(char first, char last, const List& list, const Write& write) {
    out_ += first;
    ++depth_;
    bool more = false;
    for (const auto& element : list) {
      if (more) out_ += ',';
      more = true;
      new_line();
      write(element);
    }
    --depth_;
    if (more) new_line();
    out_ += last;
  }

  void new_line() {
    if (indent_ < 0) return;
    out_ += '\n';
    for (int level = 0; level < depth_; ++level)
      out_.append(static_cast<std::size_t>(indent_), ' ');
  }

  int indent_;
  int depth_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::int64_t> Json::integer() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<std::uint64_t>(&value_)) {
    if (!std::in_range<std::int64_t>(*value)) return std::nullopt;
    return static_cast<std::int64_t>(*value);
  }
  const auto* value = std::get_if<double>(&value_);
  // 2^63 itself is a double and does not fit.
  constexpr double kEnd = 9223372036854775808.0;
  if (value == nullptr || !(*value >= -kEnd && *value < kEnd) || std::trunc(*value) != *value) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<double> Json::number() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  return std::nullopt;
}

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [&](const Member& member) { return member.first == key; });
  return found == members->end() ? nullptr : &found->second;
}

std::string_view Json::text(std::string_view key) const {
  const Json* member = find(key);
  const std::string* value = member == nullptr ? nullptr : member->string();
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

Json& Json::set(std::string key, Json value) {
  if (object() == nullptr) value_ = Object{};
  auto& members = std::get<Object>(value_);
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.first == key; });
  if (found == members.end()) {
    members.emplace_back(std::move(key), std::move(value));
  } else {
    found->second = std::move(value);
  }
  return *this;
}

Json& Json::push(Json value) {
  if (array() == nullptr) value_ = Array{};
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::dump(int indent) const {
  Writer writer(indent);
  visit(writer);
  return writer.take();
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) {
    return usage(cat("JSON of ", text.size(), " bytes: at most ", limits.bytes, " are read"));
  }
  const char* reached = text.data();
  const Cursor first{text.data(), &reached};
  const Cursor last{text.data() + text.size(), &reached};
  Builder builder(limits);
  if (!nlohmann::json::sax_parse(first, last, &builder)) {
    const auto read = static_cast<std::size_t>(reached - text.data());
    return usage(cat(position(text.substr(0, read)), ": ", builder.error()));
  }
  // The library takes a zero byte for the end, and does not look at what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return usage(cat(position(text.substr(0, zero + 1)), ": a zero byte"));
  }
  return builder.take();
}

}  // namespace stagegate::text
