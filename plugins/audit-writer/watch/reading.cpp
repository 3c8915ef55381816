#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {

using text::Json;

const Json* reach(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* at = &object;
  for (const std::string_view name : path) {
    at = at->find(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string_view text_at(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* found = reach(object, path);
  const std::string* text = found == nullptr ? nullptr : found->string();
  return text == nullptr ? std::string_view() : *text;
}

std::optional<time::Instant> time_at(const Json& object,
                                     std::initializer_list<std::string_view> path) {
  const auto instant = time::parse_instant(text_at(object, path));
  if (!instant) return std::nullopt;
  return *instant;
}

const Json::Array& items_at(const Json& object, std::initializer_list<std::string_view> path) {
  static const Json::Array kNone;
  const Json* found = reach(object, path);
  return found != nullptr && found->array() != nullptr ? *found->array() : kNone;
}

const Json::Object& members_at(const Json& object, std::initializer_list<std::string_view> path) {
  static const Json::Object kNone;
  const Json* found = reach(object, path);
  return found != nullptr && found->object() != nullptr ? *found->object() : kNone;
}

}  // namespace stagegate::audit_writer
