// The tag of an image, or a commit that serves as one.
#pragma once

#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::settings {

struct ImageTag {
  std::string text;
  auto operator<=>(const ImageTag&) const = default;
};

// "registry.example:5000/team/service:tag" without the tag: a colon behind the last slash begins
// it, one before it belongs to the registry's port.
std::string_view without_tag(std::string_view image);

// Only the grammar of OCI.
bool is_image_tag(std::string_view text);

// By the grammar of OCI tags, at most 128 characters. What Woodpecker makes of an unquoted number
// is refused ("12345e7" in the YAML arrives as "1.2345e+11") with the advice to quote it; the same
// text quoted arrives unharmed, without the sign in its exponent, and is a good short SHA.
Result<ImageTag> parse_image_tag(std::string_view text);

}  // namespace stagegate::settings
