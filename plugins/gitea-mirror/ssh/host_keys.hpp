// Which host keys a server may show: what is pinned for it, and whether a key is among that. A
// host that is not known is not spoken to; nothing is ever accepted because it is new.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::mirror {

struct HostKey {
  std::string type;         // "ssh-ed25519"; empty: of any type, only the fingerprint is known
  std::string fingerprint;  // "SHA256:...", as ssh-keygen -l and the hosts' documentation show it
};

// Of the key in SSH's own encoding. The type is in there.
HostKey host_key_of(std::string_view blob);

struct PinnedKeys {
  std::vector<HostKey> trusted;
  std::vector<std::string> revoked;  // fingerprints

  // In SSH's words, what to ask the server for: one connection for each entry, until it shows a key
  // that is pinned. One that is asked for any type shows the one that *it* likes best, and that
  // looks as if its key had changed.
  std::vector<std::string> askings() const;
};

// What `known_hosts` has for this host, and for GitHub, where it has nothing, the keys that GitHub
// publishes. Lines as in ~/.ssh/known_hosts and as ssh-keyscan prints them, hashed ones too; and,
// for whatever host, just a key ("ssh-ed25519 AAAA...") or just its fingerprint ("SHA256:...").
// Fails (usage) on lines that are neither.
Result<PinnedKeys> pinned_keys(std::string_view known_hosts, std::string_view host,
                               std::uint16_t port);

enum class Acquaintance { known, unknown, changed, revoked };
Acquaintance acquaintance(const PinnedKeys& pinned, const HostKey& shown);

// Why a key that is not known is not accepted, and what to do.
Failure stranger(std::string_view where, const PinnedKeys& pinned, const HostKey& shown);
// The server has no key of the types that are pinned. `offered`: what it has.
Failure no_pinned_type(std::string_view where, const PinnedKeys& pinned, std::string_view offered);

}  // namespace stagegate::mirror
