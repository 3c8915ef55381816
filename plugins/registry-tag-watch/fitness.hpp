// What an image has to be, beside there: a tag that still stands for an older build must not count.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/oci/registry.hpp"
#include "plugins/registry-tag-watch/options.hpp"

namespace stagegate::tag_watch {

struct Demand {
  std::optional<oci::Digest> digest;
  std::string revision;  // empty: any
  std::vector<std::string> platforms;

  bool needs_manifest() const { return !revision.empty() || !platforms.empty(); }
};

// One for each image. Refused (usage): a digest for an image that is not waited for, two for one.
Result<std::vector<Demand>> demands_of(const Options& options,
                                       const std::vector<oci::Repository>& images);

// Image (as written there, without its tag) -> digest, from a file that a build has written. Pure.
Result<std::map<std::string, std::string>> parse_metadata(std::string_view text);

// Empty when the image fits; else why not, in words.
oci::Answer<std::string> unfit(oci::Registry& registry, const oci::Repository& image,
                               const oci::Descriptor& manifest, const Demand& demand);

}  // namespace stagegate::tag_watch
