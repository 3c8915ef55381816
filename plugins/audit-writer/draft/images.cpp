#include "plugins/audit-writer/draft/images.hpp"

#include "common/crypto/encoding.hpp"
#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::string_view kAlgorithm = "sha256:";

bool is_digest(std::string_view text) {
  if (!text.starts_with(kAlgorithm)) return false;
  return crypto::parse_hex_hash(text.substr(kAlgorithm.size())).has_value();
}

Result<Image> checked(std::string name, std::string_view digest) {
  if (name.empty()) return usage(cat("an image without a name (", text::quoted(digest), ")"));
  if (!is_digest(digest)) {
    return usage(cat("image ", text::quoted(name), ": ", text::quoted(digest),
                     " is no digest: write sha256: and 64 lower-case hexadecimal digits"));
  }
  return Image{std::move(name), std::string(digest)};
}

// registry-tag-watch's lock file and results say `image`, which is short for its name.
std::string name_of(const text::Json& item) {
  const auto name = item.text("name");
  return std::string(name.empty() ? item.text("image") : name);
}

Result<std::vector<Image>> images_of(const text::Json& json) {
  const text::Json* inner = json.find("images");
  const auto* list = inner != nullptr ? inner->array() : json.array();
  if (list == nullptr) {
    return usage(
        "no list of images in it: expected a JSON list of \"name@digest\" or {\"name\", "
        "\"digest\"}, or an object with such a list as `images`");
  }
  std::vector<Image> images;
  for (const auto& item : *list) {
    auto image = item.string() != nullptr ? parse_image(*item.string())
                                          : checked(name_of(item), item.text("digest"));
    if (!image) return forward(image.error());
    images.push_back(*std::move(image));
  }
  return images;
}

}  // namespace

Result<Image> parse_image(std::string_view text) {
  text = text::trim(text);
  const auto at = text.find('@');
  if (at == std::string_view::npos) {
    return usage(cat("image ", text::quoted(text),
                     " has no digest: write name@sha256:..., a tag alone may be moved"));
  }
  return checked(std::string(settings::without_tag(text.substr(0, at))), text.substr(at + 1));
}

Result<std::vector<Image>> parse_images(const std::vector<std::string>& texts) {
  std::vector<Image> images;
  for (const auto& text : texts) {
    auto image = parse_image(text);
    if (!image) return forward(image.error());
    images.push_back(*std::move(image));
  }
  return images;
}

Result<std::vector<Image>> parse_image_file(std::string_view content) {
  const auto trimmed = text::trim(content);
  if (trimmed.starts_with('[') || trimmed.starts_with('{')) {
    const auto json = text::parse_json(trimmed);
    if (!json) return forward(json.error());
    return images_of(*json);
  }
  std::vector<std::string> lines;
  for (const auto line : text::split(trimmed, '\n')) {
    const auto word = text::trim(line);
    if (!word.empty()) lines.emplace_back(word);
  }
  return parse_images(lines);
}

text::Json json_of(const std::vector<Image>& images) {
  text::Json::Array list;
  list.reserve(images.size());
  for (const auto& image : images) {
    list.push_back(text::Json().set("name", image.name).set("digest", image.digest));
  }
  return list;
}

}  // namespace stagegate::audit_writer
