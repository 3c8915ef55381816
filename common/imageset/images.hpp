// The images that make up one build.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/imageset/registries.hpp"
#include "common/oci/registry.hpp"
#include "common/settings/table.hpp"

namespace stagegate::imageset {

struct ImageSettings {
  std::vector<std::string> repositories;
  std::string prefix;
  std::vector<std::string> images;
};
void declare_image_settings(settings::Table& table, ImageSettings& target,
                            const std::vector<std::string>& verbs);

// Each once, in the order given. Refused (usage): none, one twice, names that are none.
Result<std::vector<oci::Repository>> images_of(const ImageSettings& settings,
                                               const std::string& registry);

// A question about each of some images, in parallel, whatever registry each is in.
struct Wanted {
  std::size_t image;  // its place in the set
  std::string reference;
};
using Seen = std::function<void(std::size_t image, oci::Answer<oci::Descriptor> answer)>;
Result<> look(Registries& registries, std::span<const oci::Repository> images,
              std::span<const Wanted> wanted, const Seen& seen);
using Got = std::function<void(std::size_t image, oci::Answer<oci::Manifest> answer)>;
Result<> read(Registries& registries, std::span<const oci::Repository> images,
              std::span<const Wanted> wanted, const Got& got);

}  // namespace stagegate::imageset
