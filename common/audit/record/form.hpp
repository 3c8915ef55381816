// What a JSON value may be, as tables, and the inspection of a value by them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::audit::rules {

struct Member;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// What one value may be.
struct Form {
  enum class Type : std::uint8_t { text, whole, truth, object, list, text_or_whole };
  Type type = Type::text;
  std::uint64_t least = 0;  // characters of a text, a whole number, elements of a list
  std::uint64_t most = kNoLimit;
  bool (*fits)(std::string_view) = nullptr;  // of a text
  std::string_view expected = {};            // what `fits` looks for, in words
  std::span<const std::string_view> words = {};
  std::span<const Member> members = {};
  const Form* others = nullptr;  // of an object: what further members may be; of a list: elements
  bool open = false;             // an object may have any other members
  bool or_null = false;
};

struct Member {
  std::string_view name;
  Form form;
  bool required = false;
};

constexpr Form words_up_to(std::uint64_t most, std::uint64_t least = 0) {
  return {.least = least, .most = most};
}
constexpr Form pattern(bool (*fits)(std::string_view), std::string_view expected) {
  return {.fits = fits, .expected = expected};
}
constexpr Form one_of(std::span<const std::string_view> words) {
  return {.words = words};
}
constexpr Form whole(std::uint64_t least, std::uint64_t most = kNoLimit) {
  return {.type = Form::Type::whole, .least = least, .most = most};
}
constexpr Form truth() {
  return {.type = Form::Type::truth};
}
constexpr Form object(std::span<const Member> members) {
  return {.type = Form::Type::object, .members = members};
}
constexpr Form list(std::uint64_t most, const Form& element) {
  return {.type = Form::Type::list, .most = most, .others = &element};
}
constexpr Form or_null(Form form) {
  form.or_null = true;
  return form;
}

// Collects what is wrong with one value.
class Inspection {
 public:
  void object(const std::string& path, const text::Json& value, const Form& form);
  void fault(const std::string& path, const std::string& what);
  // Members that have to be there; a dot leads into an object.
  void needs(const text::Json& record, std::string_view names, std::string_view whose);
  // Every fault, a line for each (usage).
  Result<> result() const;

 private:
  void value(const std::string& path, const text::Json& value, const Form& form);
  void text(const std::string& path, const std::string& value, const Form& form);
  void whole(const std::string& path, const text::Json& value, const Form& form);
  void list(const std::string& path, const text::Json& value, const Form& form);
  void unknown_member(const std::string& path, const std::string& name, const Form& form);

  std::vector<std::string> faults_;
};

}  // namespace stagegate::audit::rules
