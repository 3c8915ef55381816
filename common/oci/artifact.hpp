// Files in a registry: what OCI calls an artifact.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/oci/registry.hpp"

namespace stagegate::oci {

struct ArtifactFile {
  std::string title;
  std::string media_type;
  std::string bytes;
};

struct Artifact {
  std::string type;  // "application/vnd.example.results.v1+json"
  std::vector<ArtifactFile> files;
  std::map<std::string, std::string> annotations;
  std::optional<Descriptor> subject;  // the manifest in the same repository that it is about
};

// The manifest, as it is stored.
Manifest artifact_manifest(const Artifact& artifact);

// Stores the files and the manifest. Without a tag it can be found by its digest only.
Answer<Descriptor> push_artifact(Registry& registry, const std::string& name,
                                 const std::string& tag, const Artifact& artifact);

// How an artifact is found from its subject.
enum class Attached {
  referrers,     // the registry knows what refers to what
  fallback_tag,  // it does not: an index under the tag sha256-... that every client keeps itself
};
// Stores an artifact with a subject. Two who write the fallback tag at once may lose one of the
// two; it is read back and written again.
Answer<Attached> attach_artifact(Registry& registry, const std::string& name,
                                 const Artifact& artifact);

}  // namespace stagegate::oci
