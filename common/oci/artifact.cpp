#include "common/oci/artifact.hpp"

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;
using text::Json;

namespace {

constexpr std::string_view kEmptyType = "application/vnd.oci.empty.v1+json";
constexpr std::string_view kEmpty = "{}";
constexpr int kFallbackTries = 3;

Json descriptor_json(std::string_view media_type, const Digest& digest, std::uint64_t size) {
  return Json().set("mediaType", media_type).set("digest", digest.text).set("size", size);
}

Json annotations_json(const Artifact& artifact) {
  Json json{Json::Object{}};
  for (const auto& [name, value] : artifact.annotations) json.set(name, value);
  return json;
}

Json file_json(const ArtifactFile& file) {
  return descriptor_json(file.media_type, digest_of(file.bytes), file.bytes.size())
      .set("annotations", Json().set("org.opencontainers.image.title", file.title));
}

bool names(const Json& index, const Digest& digest) {
  const Json* manifests = index.find("manifests");
  const Json::Array* list = manifests == nullptr ? nullptr : manifests->array();
  if (list == nullptr) return false;
  return std::ranges::any_of(*list,
                             [&](const Json& one) { return one.text("digest") == digest.text; });
}

// Some registries say that they keep referrers and do not, so only an answer that names the
// artifact counts.
Answer<bool> is_referrer(Registry& registry, const std::string& name, const Digest& subject,
                         const Digest& artifact) {
  const auto index = registry.referrers(name, subject);
  if (!index) return forward(index.error());
  if (!*index) return false;
  const auto json = text::parse_json(**index);
  return json && names(*json, artifact);
}

class FallbackTag {
 public:
  FallbackTag(Registry& registry, const std::string& name, const Digest& subject)
      : registry_(registry), target_{name, subject.text} {
    std::ranges::replace(target_.reference, ':', '-');
  }

  Answer<> add(const Json& descriptor, const Digest& artifact) {
    for (int tries = 0; tries < kFallbackTries; ++tries) {
      auto index = read();
      if (!index) return forward(index.error());
      if (names(*index, artifact)) return {};
      Json manifests = *index->find("manifests");
      manifests.push(descriptor);
      index->set("manifests", std::move(manifests));
      auto stored = registry_.put(target_, std::string(kImageIndex), index->dump());
      if (!stored) return stored;
    }
    const auto index = read();
    if (!index) return forward(index.error());
    if (names(*index, artifact)) return {};
    return forward(strange(200, cat("the tag ", target_.reference, " in ", target_.name,
                                    " is overwritten by others: attach again later")));
  }

 private:
  Answer<Json> read() {
    auto empty = Json()
                     .set("schemaVersion", 2)
                     .set("mediaType", kImageIndex)
                     .set("manifests", Json::Array{});
    const auto there = registry_.read(target_);
    if (!there && there.error().kind == Refusal::Kind::absent) return empty;
    if (!there) return forward(there.error());
    auto json = text::parse_json(there->bytes);
    const Json* manifests = json ? json->find("manifests") : nullptr;
    if (manifests == nullptr || manifests->array() == nullptr) {
      return forward(strange(200, cat("the tag ", target_.reference, " in ", target_.name,
                                      " is no index: nothing is attached to it")));
    }
    return *std::move(json);
  }

  Registry& registry_;
  Target target_;
};

}  // namespace

Manifest artifact_manifest(const Artifact& artifact) {
  Json layers{Json::Array{}};
  for (const ArtifactFile& file : artifact.files) layers.push(file_json(file));
  Json json =
      Json()
          .set("schemaVersion", 2)
          .set("mediaType", kImageManifest)
          .set("artifactType", artifact.type)
          .set("config",
               descriptor_json(kEmptyType, digest_of(kEmpty), kEmpty.size()).set("data", "e30="))
          .set("layers", std::move(layers));
  if (artifact.subject) {
    json.set("subject", descriptor_json(artifact.subject->media_type, artifact.subject->digest,
                                        artifact.subject->size));
  }
  json.set("annotations", annotations_json(artifact));
  Manifest manifest;
  manifest.bytes = json.dump();
  manifest.descriptor = {std::string(kImageManifest), digest_of(manifest.bytes),
                         manifest.bytes.size()};
  return manifest;
}

Answer<Descriptor> push_artifact(Registry& registry, const std::string& name,
                                 const std::string& tag, const Artifact& artifact) {
  auto pushed = registry.push_blob(name, std::string(kEmpty));
  for (const ArtifactFile& file : artifact.files) {
    if (pushed) pushed = registry.push_blob(name, file.bytes);
  }
  if (!pushed) return forward(pushed.error());
  const Manifest manifest = artifact_manifest(artifact);
  const std::string& reference = tag.empty() ? manifest.descriptor.digest.text : tag;
  auto stored = registry.put({name, reference}, manifest.descriptor.media_type, manifest.bytes);
  if (!stored) return forward(stored.error());
  return manifest.descriptor;
}

Answer<Attached> attach_artifact(Registry& registry, const std::string& name,
                                 const Artifact& artifact) {
  const auto stored = push_artifact(registry, name, "", artifact);
  if (!stored) return forward(stored.error());
  const Digest& subject = artifact.subject->digest;
  const auto known = is_referrer(registry, name, subject, stored->digest);
  if (!known) return forward(known.error());
  if (*known) return Attached::referrers;
  const Json descriptor = descriptor_json(stored->media_type, stored->digest, stored->size)
                              .set("artifactType", artifact.type)
                              .set("annotations", annotations_json(artifact));
  auto added = FallbackTag(registry, name, subject).add(descriptor, stored->digest);
  if (!added) return forward(added.error());
  return Attached::fallback_tag;
}

}  // namespace stagegate::oci
