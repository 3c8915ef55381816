// As whom a registry is asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/oci/name.hpp"
#include "common/result/result.hpp"
#include "common/settings/secret.hpp"

namespace stagegate::oci {

struct Login {
  enum class Kind {
    anonymous,
    password,  // of a user: as it is, or in exchange for a token
    identity,  // a token of `docker login`, in exchange for one that the registry takes
    bearer,    // a token that the registry takes as it is
  };
  Kind kind = Kind::anonymous;
  std::string user;
  settings::Secret secret;
  std::string source;  // where it came from, for messages: "username", "/root/.docker/config.json"

  // "as bob (from username)", "anonymously, without a credential"
  std::string words() const;
};

// The login that a Docker configuration (the text of a config.json or auth.json, found at `source`)
// has for the repository: that of the longest path that the repository's begins with, else that of
// the host. nullopt: none. Refused (usage): what is no such configuration, and a login that a
// credential helper keeps, because there is no other program in the image.
Result<std::optional<Login>> login_from(std::string_view config, std::string_view source,
                                        const Repository& repository);

}  // namespace stagegate::oci
