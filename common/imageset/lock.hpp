// images.lock.json: which bits each image of a build consisted of when all of them were there. What
// is tested and what is marked is this, and not what a tag stands for later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/fs/file.hpp"
#include "common/oci/registry.hpp"
#include "common/text/json.hpp"
#include "common/time/instant.hpp"

namespace stagegate::imageset {

struct Locked {
  oci::Repository image;
  oci::Descriptor manifest;
};

struct Lock {
  std::string tag;
  std::string revision;  // empty: not known
  time::Instant locked_at;
  std::vector<Locked> images;

  std::vector<oci::Repository> repositories() const;
};

text::Json lock_json(const Lock& lock);
// Refused (usage): what is no lock file of this schema, an image twice, none at all.
Result<Lock> parse_lock(std::string_view text);
Result<> write_lock(const fs::Path& path, const Lock& lock);
Result<Lock> read_lock(const fs::Path& path);

}  // namespace stagegate::imageset
