// What somebody else's JSON says at a place, whatever else it looks like: a member that is not
// there, or is of another kind, reads as nothing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "common/time/instant.hpp"

namespace stagegate::argocd {

using MemberPath = std::initializer_list<std::string_view>;

const text::Json& member(const text::Json& json, MemberPath path);  // null: it is not there
std::string string_at(const text::Json& json, MemberPath path);
// For people: without characters that do harm, and never longer than a paragraph.
std::string words_at(const text::Json& json, MemberPath path);
std::string harmless_words(std::string_view text);

const text::Json::Array& array_of(const text::Json& json);
std::vector<std::string> strings_of(const text::Json& json);
text::Json list_json(const std::vector<std::string>& strings);  // the way back
bool is_true(const text::Json& json);
// A whole number, or a text that is one: Kubernetes' IntOrString, and int64 through a gateway.
std::optional<std::int64_t> whole_number(const text::Json& json);
std::optional<time::Instant> instant_of(const text::Json& json);

}  // namespace stagegate::argocd
