// What the tag resolved to: image names with their digests, as people and registry-tag-watch write
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::audit_writer {

struct Image {
  std::string name;
  std::string digest;  // sha256:...
  bool operator==(const Image&) const = default;
};

// "registry/stonks/scheduler@sha256:..."; a tag between name and digest is left out.
Result<Image> parse_image(std::string_view text);
Result<std::vector<Image>> parse_images(const std::vector<std::string>& texts);

// A file's content: JSON (a list of "name@digest" or {"name", "digest"}, or an object with such a
// list as `images`, as images.lock.json is), else one "name@digest" on each line.
Result<std::vector<Image>> parse_image_file(std::string_view content);

text::Json json_of(const std::vector<Image>& images);

}  // namespace stagegate::audit_writer
