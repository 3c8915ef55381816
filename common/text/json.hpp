// A JSON value, its parser and its writer. Objects keep the order in which members were set,
// because results are read by people too. nlohmann/json does the work, in json.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::text {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  // Implicit on purpose: json.set("state", "open").
  // NOLINTBEGIN(google-explicit-constructor)
  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::uint64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  // NOLINTEND(google-explicit-constructor)

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  // Whole numbers that fit, whatever their notation (3, 3.0); empty for all else.
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;

  // The member of an object, or null when this is no object or has no such member.
  const Json* find(std::string_view key) const;
  // The string member `key`, or empty.
  std::string_view text(std::string_view key) const;

  // Adds or replaces a member; turns null into an object. Returns *this for chaining.
  Json& set(std::string key, Json value);
  // Appends to an array; turns null into an array.
  Json& push(Json value);

  // One line, UTF-8 as it is; invalid UTF-8 becomes U+FFFD. With `indent`, for people.
  std::string dump(int indent = -1) const;

  // Calls visitor(x) with x: std::monostate (null), bool, std::int64_t, std::uint64_t, double,
  // std::string, Array, Object.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), value_);
  }

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
};

struct JsonLimits {
  std::size_t bytes = 8u << 20;
  int depth = 64;
  std::size_t values = 1'000'000;  // nested ones too: "[[],[],..." takes far more memory than bytes
};

// Strict RFC 8259: one value, no comments, no duplicate member, valid UTF-8. The failure (usage)
// says line and column.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace stagegate::text
