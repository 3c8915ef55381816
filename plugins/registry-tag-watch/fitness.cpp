#include "plugins/registry-tag-watch/fitness.hpp"

#include <algorithm>

#include "common/fs/file.hpp"
#include "common/settings/image_tag.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using oci::Answer;
using oci::Repository;
using text::cat;
using text::Json;

namespace {

constexpr std::size_t kLargestConfig = 8u << 20;
constexpr std::string_view kRevision = "org.opencontainers.image.revision";

Result<> add_metadata(std::string_view image, std::string_view digest,
                      std::map<std::string, std::string>& found) {
  const std::string name(settings::without_tag(text::trim(image)));
  const auto [place, added] = found.emplace(name, digest);
  if (!added && place->second != digest) return usage(cat(name, " has two digests in it"));
  return {};
}

// {"containerimage.digest": ..., "image.name": "a:1,a:latest"}; bake has one such object a target.
Result<> read_object(const Json& json, int depth, std::map<std::string, std::string>& found) {
  const Json::Object* members = json.object();
  if (members == nullptr || depth > 2) return {};
  const std::string_view digest = json.text("containerimage.digest");
  const std::string_view names = json.text("image.name");
  if (!digest.empty() && !names.empty()) {
    for (const std::string_view name : text::split(names, ',')) {
      if (auto added = add_metadata(name, digest, found); !added) return added;
    }
    return {};
  }
  for (const auto& [key, value] : *members) {
    if (auto read = read_object(value, depth + 1, found); !read) return read;
  }
  return {};
}

Result<> read_lines(std::string_view text, std::map<std::string, std::string>& found) {
  for (const std::string_view line : text::split(text, '\n')) {
    const std::string_view word = text::trim(line);
    if (word.empty()) continue;
    const auto at = word.find('@');
    if (at == std::string_view::npos) {
      return usage(cat(text::quoted(word), " is no NAME@DIGEST"));
    }
    if (auto added = add_metadata(word.substr(0, at), word.substr(at + 1), found); !added) {
      return added;
    }
  }
  return {};
}

struct Config {
  std::string revision;
  std::string platform;  // of the configuration
};

std::string platform_text(const Json& json) {
  std::string platform = cat(json.text("os"), '/', json.text("architecture"));
  if (!json.text("variant").empty()) platform += cat('/', json.text("variant"));
  return platform;
}

// linux/arm64 is asked for, linux/arm64/v8 is there.
bool is_platform(std::string_view there, std::string_view wanted) {
  return there == wanted || (there.starts_with(wanted) && there[wanted.size()] == '/');
}

Answer<Json> parse(const std::string& bytes, const std::string& what) {
  auto json = text::parse_json(bytes);
  if (json) return *std::move(json);
  return forward(oci::strange(200, cat(what, " is no JSON: ", json.error().message)));
}

Answer<Config> config_of(oci::Registry& registry, const Repository& image, const Json& manifest) {
  const Json* config = manifest.find("config");
  const auto digest = oci::parse_digest(config == nullptr ? "" : config->text("digest"));
  if (!digest) {
    return forward(
        oci::strange(200, cat("the manifest of ", image.text(), " names no configuration")));
  }
  const auto blob = registry.read_blob(image.name, *digest, kLargestConfig);
  if (!blob) return forward(blob.error());
  const auto json = parse(*blob, cat("the configuration of ", image.text()));
  if (!json) return forward(json.error());
  const Json* inner = json->find("config");
  const Json* labels = inner == nullptr ? nullptr : inner->find("Labels");
  return Config{std::string(labels == nullptr ? "" : labels->text(kRevision)),
                platform_text(*json)};
}

struct Parts {
  std::vector<std::string> platforms;
  std::string first;  // the digest of the first one
};

// The images in an index; attestations are there as "unknown/unknown".
Parts parts_of(const Json& index) {
  Parts parts;
  const Json* manifests = index.find("manifests");
  const Json::Array* list = manifests == nullptr ? nullptr : manifests->array();
  if (list == nullptr) return parts;
  for (const Json& one : *list) {
    const Json* platform = one.find("platform");
    if (platform == nullptr || platform->text("os") == "unknown") continue;
    if (parts.first.empty()) parts.first = one.text("digest");
    parts.platforms.push_back(platform_text(*platform));
  }
  return parts;
}

std::string missing_platform(const std::vector<std::string>& there, const Demand& demand) {
  for (const std::string& wanted : demand.platforms) {
    const auto is_it = [&](const std::string& platform) { return is_platform(platform, wanted); };
    if (std::ranges::none_of(there, is_it)) {
      return cat("not built for ", wanted, ", only for ",
                 there.empty() ? "nothing" : text::join(there, ", "));
    }
  }
  return {};
}

std::string wrong_revision(const std::string& there, const Demand& demand) {
  if (demand.revision.empty() || there == demand.revision) return {};
  return there.empty() ? cat("has no label ", kRevision)
                       : cat("is of revision ", text::quoted(there), ": an older build");
}

}  // namespace

Result<std::map<std::string, std::string>> parse_metadata(std::string_view text) {
  std::map<std::string, std::string> found;
  if (text::trim(text).starts_with('{')) {
    const auto json = text::parse_json(text);
    if (!json) return forward(json.error());
    if (auto read = read_object(*json, 0, found); !read) return forward(read.error());
  } else if (auto read = read_lines(text, found); !read) {
    return forward(read.error());
  }
  if (found.empty()) return usage("names no image with a digest");
  return found;
}

Result<std::vector<Demand>> demands_of(const Options& options,
                                       const std::vector<Repository>& images) {
  std::vector<Demand> demands(images.size());
  for (Demand& demand : demands) {
    demand.platforms = options.platforms;
    if (options.require_revision) demand.revision = options.revision;
  }
  if (options.require_revision && options.revision.empty()) {
    return usage("revision: is needed with require_revision");
  }
  // A metadata file may name images of other builds; what is named by hand may not.
  const auto expect = [&](const std::string& name, const std::string& text,
                          bool by_hand) -> Result<> {
    const auto digest = oci::parse_digest(text);
    if (!digest) return usage(cat("expect_digests: ", name, ": ", digest.error().message));
    bool known = false;
    for (std::size_t image = 0; image < images.size(); ++image) {
      const std::string full = images[image].text();
      if (full != name && !full.ends_with(cat('/', name))) continue;
      known = true;
      if (demands[image].digest && *demands[image].digest != *digest) {
        return usage(cat("expect_digests: ", full, " is given two digests"));
      }
      demands[image].digest = *digest;
    }
    if (!known && by_hand) return usage(cat("expect_digests: ", name, " is not waited for"));
    return {};
  };
  for (const auto& [name, digest] : options.expect_digests) {
    if (auto good = expect(name, digest, true); !good) return forward(good.error());
  }
  for (const std::string& path : options.metadata_files) {
    const auto text = fs::read_file(path);
    if (!text) return forward(text.error());
    const auto found = parse_metadata(*text);
    if (!found) return usage(cat("metadata_files: ", path, ": ", found.error().message));
    for (const auto& [name, digest] : *found) {
      if (auto good = expect(name, digest, false); !good) return forward(good.error());
    }
  }
  return demands;
}

Answer<std::string> unfit(oci::Registry& registry, const Repository& image,
                          const oci::Descriptor& manifest, const Demand& demand) {
  if (demand.digest && *demand.digest != manifest.digest) {
    return cat("is ", manifest.digest.text, ", waiting for ", demand.digest->text);
  }
  if (!demand.needs_manifest()) return std::string();
  const auto read = registry.read({image.name, manifest.digest.text});
  if (!read) return forward(read.error());
  auto json = parse(read->bytes, cat("the manifest of ", image.text()));
  if (!json) return forward(json.error());
  if (manifest.is_index()) {
    const Parts parts = parts_of(*json);
    if (auto missing = missing_platform(parts.platforms, demand); !missing.empty()) return missing;
    if (demand.revision.empty()) return std::string();
    if (parts.first.empty()) return std::string("is an index without an image");
    const auto part = registry.read({image.name, parts.first});
    if (!part) return forward(part.error());
    json = parse(part->bytes, cat("a manifest of ", image.text()));
    if (!json) return forward(json.error());
  }
  const auto config = config_of(registry, image, *json);
  if (!config) return forward(config.error());
  if (!manifest.is_index()) {
    auto missing = missing_platform({config->platform}, demand);
    if (!missing.empty()) return missing;
  }
  return wrong_revision(config->revision, demand);
}

}  // namespace stagegate::tag_watch
