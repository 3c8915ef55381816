// One registry, and what it can be asked: OCI distribution, with what registries make of it
// (the traps are named where they are met).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/oci/name.hpp"
#include "common/oci/session.hpp"
#include "common/oci/tag_list.hpp"

namespace stagegate::oci {

inline constexpr std::string_view kImageIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kImageManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  bool is_index() const { return media_type == kImageIndex || media_type == kDockerList; }
  bool operator==(const Descriptor&) const = default;
};

struct Manifest {
  Descriptor descriptor;
  std::string bytes;
};

struct Target {
  std::string name;       // of the repository
  std::string reference;  // a tag or a digest
};

class Registry {
 public:
  explicit Registry(Session session) : session_(std::move(session)) {}

  // Which manifest the reference stands for now. A HEAD, which costs a registry a fiftieth of a
  // list of tags; a GET only for the registries that do not say the digest.
  using Looked = std::function<void(std::size_t index, Answer<Descriptor> answer)>;
  void look(std::span<const Target> targets, const Looked& looked);
  Answer<Descriptor> look(const Target& target);

  // The manifest itself. The digest is computed over what came, and never taken from a header; for
  // a reference that is a digest it has to be that.
  using Read = std::function<void(std::size_t index, Answer<Manifest> answer)>;
  void read(std::span<const Target> targets, const Read& read);
  Answer<Manifest> read(const Target& target);

  // Stores the same bytes under a tag, or any bytes under their own digest.
  Answer<> put(const Target& target, const std::string& media_type, const std::string& bytes);

  // Every tag of a repository, in no order, each at least once. What was told before a failure is
  // no list.
  Answer<> list_tags(const std::string& name, const TagSink& each);

  // Whether there is such a repository, which a question about a tag in it does not say.
  Answer<bool> has_repository(const std::string& name);
  // The repositories of a registry, as far as it tells them: to be asked for a hint only.
  Answer<std::vector<std::string>> repositories();

  // The bytes of a blob; their digest has been checked.
  Answer<std::string> read_blob(const std::string& name, const Digest& digest, std::size_t most);
  // Stores a blob unless it is there already.
  Answer<Digest> push_blob(const std::string& name, const std::string& bytes);

  // The manifests that refer to this one, as an index. nullopt: the registry does not know how.
  Answer<std::optional<std::string>> referrers(const std::string& name, const Digest& subject);

  Session& session() { return session_; }
  const Session& session() const { return session_; }

 private:
  Answer<Manifest> manifest_of(const Target& target, http::Response response) const;
  Answer<std::optional<std::string>> list_page(const std::string& name, const std::string& query,
                                               const TagSink& each, std::size_t& left);
  Answer<> upload(const std::string& name, const std::string& bytes, const Digest& digest);
  std::string url(const std::string& path) const { return session_.origin() + path; }

  Session session_;
};

}  // namespace stagegate::oci
