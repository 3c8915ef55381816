// Ed25519 keys as OpenSSL writes them ("BEGIN PRIVATE KEY"). libssh reads of those only the private
// half, and cannot log in with it.
#pragma once

#include <optional>
#include <string>

#include "plugins/gitea-mirror/ssh/private_key.hpp"

namespace stagegate::mirror {

// The same key in OpenSSH's form, not encrypted; empty when it is no Ed25519 key in OpenSSL's.
std::optional<Wiped> openssh_form(const std::string& pem, const std::string& passphrase);

}  // namespace stagegate::mirror
