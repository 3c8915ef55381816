#include "common/kube/freight.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::kube {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kLongestLabel = 63;

std::string version_of(std::string_view tag, std::string_view digest) {
  return cat(tag, '@', digest);
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::size_t length_of(const Json& object, std::string_view key) {
  const Json* list = object.find(key);
  return list == nullptr || list->array() == nullptr ? 0 : list->array()->size();
}

// What it has beside images, which nothing that is created here has.
std::string_view other_content(const Json& there) {
  constexpr std::array<std::string_view, 3> kOthers{"commits", "charts", "artifacts"};
  for (const std::string_view key : kOthers) {
    if (length_of(there, key) > 0) return key;
  }
  return {};
}

std::string difference_of_images(const Freight& wanted, const Json& there) {
  for (const FreightImage& image : wanted.images) {
    const Json* same = nullptr;
    for (std::size_t at = 0; at < length_of(there, "images"); ++at) {
      const Json& one = (*there.find("images")->array())[at];
      if (one.text("repoURL") == image.repo_url) same = &one;
    }
    if (same == nullptr) return cat("it has no image of ", image.repo_url);
    const std::string has = version_of(same->text("tag"), same->text("digest"));
    const std::string asked = version_of(image.tag, image.digest);
    if (has != asked) return cat("its image of ", image.repo_url, " is ", has, ", not ", asked);
  }
  if (length_of(there, "images") != wanted.images.size()) {
    return cat("it has ", length_of(there, "images"), " images, not ", wanted.images.size());
  }
  return {};
}

}  // namespace

Json freight_json(const Freight& freight) {
  // Overwritten by Kargo's webhook; but its API looks for an object of this name first.
  Json metadata = Json().set("name", "named-by-kargo").set("namespace", freight.project);
  if (!freight.annotations.empty()) {
    Json annotations{Json::Object{}};
    for (const auto& [key, value] : freight.annotations) annotations.set(key, value);
    metadata.set("annotations", std::move(annotations));
  }
  Json json = Json()
                  .set("apiVersion", "kargo.akuity.io/v1alpha1")
                  .set("kind", "Freight")
                  .set("metadata", std::move(metadata));
  if (!freight.alias.empty()) json.set("alias", freight.alias);
  json.set("origin", Json().set("kind", "Warehouse").set("name", freight.warehouse));
  Json images{Json::Array{}};
  for (const FreightImage& image : freight.images) {
    images.push(
        Json().set("repoURL", image.repo_url).set("tag", image.tag).set("digest", image.digest));
  }
  return json.set("images", std::move(images));
}

std::string difference(const Freight& wanted, const Json& there) {
  const Json* origin = there.find("origin");
  const std::string_view from = origin == nullptr ? "" : origin->text("name");
  if (origin == nullptr || origin->text("kind") != "Warehouse" || from != wanted.warehouse) {
    return cat("it is of Warehouse ", from, ", not ", wanted.warehouse);
  }
  if (const auto other = other_content(there); !other.empty())
    return cat("it has ", other, ", too");
  return difference_of_images(wanted, there);
}

std::string_view name_of(const Json& freight) {
  const Json* metadata = freight.find("metadata");
  return metadata == nullptr ? "" : metadata->text("name");
}

bool is_alias(std::string_view text) {
  return !text.empty() && text.size() <= kLongestLabel && is_alphanumeric(text.front()) &&
         is_alphanumeric(text.back()) && std::ranges::all_of(text, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace stagegate::kube
