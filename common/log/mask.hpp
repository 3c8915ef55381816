// The forms in which a secret can turn up in a text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stagegate::log {

// The value itself, each line of it, and both URL-encoded, in base64 (also where it begins in the
// middle of a group of three bytes, as in "user:password"), and JSON-escaped. Pieces shorter than 4
// characters are left out. The longest come first, so that none is cut short by a part of it.
std::vector<std::string> forms_of(std::string_view secret);

// Every needle found in the text becomes `by`.
std::string replace_all(std::string text, const std::vector<std::string>& needles,
                        std::string_view by = "***");

}  // namespace stagegate::log
