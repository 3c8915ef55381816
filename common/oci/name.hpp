// What things in a registry are called: repositories, tags, digests. Everything is checked here,
// before it is asked for: to a wrong name registries answer as to a right one that is not there
// yet, and a wait would last until its deadline.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::oci {

struct Repository {
  std::string registry;  // "registry.example:5000", in lower case
  std::string name;      // "stonks-oracle/risk"

  std::string text() const { return registry + '/' + name; }
  auto operator<=>(const Repository&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
};

// "registry.example:5000/stonks-oracle/risk", or without the registry when there is a default one.
// As for Docker, the first part is a registry when it has a dot or a port or is "localhost".
// Refused (usage): a scheme, a tag or a digest behind the name, characters that no name has.
Result<Repository> parse_repository(std::string_view text, std::string_view default_registry);

// "registry.example", "registry.example:5000", "[::1]:5000".
Result<std::string> parse_registry(std::string_view text);

// Where the API of a registry is: Docker Hub's is at another host than its name says.
std::string api_host(std::string_view registry);

// The SHA-256 of the bytes that a manifest or a blob consists of.
struct Digest {
  std::string text;                                 // "sha256:" and 64 hexadecimal digits
  auto operator<=>(const Digest&) const = default;  // NOLINT(modernize-use-nullptr): likewise
};
Result<Digest> parse_digest(std::string_view text);
Digest digest_of(std::string_view bytes);

}  // namespace stagegate::oci
