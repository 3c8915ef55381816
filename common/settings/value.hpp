// From a given value to a setting's type. One function per type; optional, list and map are made
// of those. A failure says what is wrong with the value, not where it came from, and
// leaves the target as it was.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/result/result.hpp"
#include "common/settings/given.hpp"
#include "common/settings/image_tag.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/spec.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "common/time/instant.hpp"

namespace stagegate::settings {

Result<> parse(std::string_view text, const Spec& spec, bool& target);
Result<> parse(std::string_view text, const Spec& spec, std::int64_t& target);
Result<> parse(std::string_view text, const Spec& spec, std::string& target);
Result<> parse(std::string_view text, const Spec& spec, Secret& target);
Result<> parse(std::string_view text, const Spec& spec, std::chrono::milliseconds& target);
Result<> parse(std::string_view text, const Spec& spec, std::chrono::seconds& target);
Result<> parse(std::string_view text, const Spec& spec, time::Date& target);
Result<> parse(std::string_view text, const Spec& spec, time::Instant& target);
Result<> parse(std::string_view text, const Spec& spec, ImageTag& target);
// The place of the text among spec.choices.
Result<std::size_t> parse_choice(std::string_view text, const Spec& spec);

template <class Type>
concept Enumeration = std::is_enum_v<Type>;
template <Enumeration Enum>
Result<> parse(std::string_view text, const Spec& spec, Enum& target) {
  const auto choice = parse_choice(text, spec);
  if (!choice) return forward(choice.error());
  target = static_cast<Enum>(*choice);
  return {};
}

// ---- from a given value ----

template <class T>
Result<> assign(const Given& given, const Spec& spec, T& target) {
  auto text = std::is_same_v<T, Secret> ? bytes_of(given) : scalar_of(given);
  if (!text) return forward(text.error());
  return parse(*text, spec, target);
}

inline Result<> assign(const Given& given, const Spec& /*spec*/, text::YamlNode& target) {
  auto tree = tree_of(given);
  if (!tree) return forward(tree.error());
  target = *std::move(tree);
  return {};
}

template <class T>
Result<> assign(const Given& given, const Spec& spec, std::optional<T>& target) {
  T value{};
  auto assigned = assign(given, spec, value);
  if (assigned) target = std::move(value);
  return assigned;
}

template <class T>
Result<> assign(const Given& given, const Spec& spec, std::vector<T>& target) {
  const auto texts = list_of(given, spec.empty_elements);
  if (!texts) return forward(texts.error());
  std::vector<T> elements;
  for (const std::string& text : *texts) {
    T element{};
    auto parsed = parse(text, spec, element);
    if (!parsed) {
      return usage(text::cat("element ", elements.size() + 1, ": ", parsed.error().message));
    }
    elements.push_back(std::move(element));
  }
  target = std::move(elements);
  return {};
}

template <class T>
Result<> assign(const Given& given, const Spec& spec, std::map<std::string, T>& target) {
  const auto members = map_of(given, spec.empty_elements);
  if (!members) return forward(members.error());
  std::map<std::string, T> values;
  for (const auto& [key, text] : *members) {
    auto parsed = parse(text, spec, values[key]);
    if (!parsed) return usage(text::cat(text::quoted(key), ": ", parsed.error().message));
  }
  target = std::move(values);
  return {};
}

// ---- the shape of a type ----

template <class T>
struct ShapeOf {
  static constexpr Shape::Element element() {
    using Element = Shape::Element;
    if constexpr (std::is_same_v<T, bool>) return Element::boolean;
    if constexpr (std::is_same_v<T, std::int64_t>) return Element::integer;
    if constexpr (std::is_same_v<T, Secret>) return Element::secret;
    if constexpr (std::is_same_v<T, std::chrono::milliseconds>) return Element::duration;
    if constexpr (std::is_same_v<T, std::chrono::seconds>) return Element::duration;
    if constexpr (std::is_same_v<T, time::Date>) return Element::date;
    if constexpr (std::is_same_v<T, time::Instant>) return Element::instant;
    if constexpr (std::is_same_v<T, ImageTag>) return Element::tag;
    if constexpr (std::is_same_v<T, text::YamlNode>) return Element::tree;
    return Element::text;
  }
  static constexpr Shape shape{element(), Shape::Form::one};
};
template <class T>
struct ShapeOf<std::optional<T>> : ShapeOf<T> {};
template <class T>
struct ShapeOf<std::vector<T>> {
  static constexpr Shape shape{ShapeOf<T>::element(), Shape::Form::list};
};
template <class T>
struct ShapeOf<std::map<std::string, T>> {
  static constexpr Shape shape{ShapeOf<T>::element(), Shape::Form::map};
};

}  // namespace stagegate::settings
