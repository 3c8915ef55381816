#include "common/imageset/images.hpp"

#include <algorithm>
#include <map>

#include "common/text/text.hpp"

namespace stagegate::imageset {

using oci::Repository;
using text::cat;

namespace {

// Some of the questions, all to one registry.
struct Share {
  std::vector<oci::Target> targets;
  std::vector<std::size_t> images;
};

Result<std::map<oci::Registry*, Share>> shares(Registries& registries,
                                               std::span<const Repository> images,
                                               std::span<const Wanted> wanted) {
  // All of them are named before the first is asked, so that one token does for all.
  for (const Repository& image : images) {
    if (auto registry = registries.of(image); !registry) return forward(registry.error());
  }
  std::map<oci::Registry*, Share> shares;
  for (const Wanted& one : wanted) {
    auto registry = registries.of(images[one.image]);
    if (!registry) return forward(registry.error());
    Share& share = shares[*registry];
    share.targets.push_back({images[one.image].name, one.reference});
    share.images.push_back(one.image);
  }
  return shares;
}

}  // namespace

void declare_image_settings(settings::Table& table, ImageSettings& s,
                            const std::vector<std::string>& verbs) {
  table.add(
      s.repositories,
      {.name = "repositories", .help = "The repositories of the build's images.", .verbs = verbs});
  table.add(s.prefix, {.name = "prefix",
                       .help = "What stands in front of every name in images: "
                               "registry.example/team.",
                       .verbs = verbs});
  table.add(s.images, {.name = "images",
                       .help = "The names of the build's images, behind prefix.",
                       .verbs = verbs});
}

Result<std::vector<Repository>> images_of(const ImageSettings& settings,
                                          const std::string& registry) {
  std::vector<std::string> names = settings.repositories;
  std::string_view prefix = settings.prefix;
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  for (const std::string& image : settings.images) {
    names.push_back(prefix.empty() ? image : cat(prefix, '/', image));
  }
  if (!prefix.empty() && settings.images.empty()) {
    return usage("prefix: without images it stands in front of nothing");
  }
  if (names.empty()) {
    return usage("repositories: none is named; set repositories, or prefix and images");
  }
  std::vector<Repository> images;
  for (const std::string& name : names) {
    auto image = oci::parse_repository(name, registry);
    if (!image) return forward(image.error());
    if (std::ranges::find(images, *image) != images.end()) {
      return usage(cat("repositories: ", image->text(), " is there twice"));
    }
    images.push_back(*std::move(image));
  }
  return images;
}

Result<> look(Registries& registries, std::span<const Repository> images,
              std::span<const Wanted> wanted, const Seen& seen) {
  const auto all = shares(registries, images, wanted);
  if (!all) return forward(all.error());
  for (const auto& one : *all) {
    const Share& share = one.second;
    one.first->look(share.targets, [&](std::size_t at, oci::Answer<oci::Descriptor> answer) {
      seen(share.images[at], std::move(answer));
    });
  }
  return {};
}

Result<> read(Registries& registries, std::span<const Repository> images,
              std::span<const Wanted> wanted, const Got& got) {
  const auto all = shares(registries, images, wanted);
  if (!all) return forward(all.error());
  for (const auto& one : *all) {
    const Share& share = one.second;
    one.first->read(share.targets, [&](std::size_t at, oci::Answer<oci::Manifest> answer) {
      got(share.images[at], std::move(answer));
    });
  }
  return {};
}

}  // namespace stagegate::imageset
