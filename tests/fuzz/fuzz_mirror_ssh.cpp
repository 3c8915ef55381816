// Whatever is given as a private key, a known_hosts or an address: reading it ends, an address that
// is taken means the same to a shell and to whoever reads it, and a mended key needs no mending.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/gitea-mirror/ssh/address.hpp"
#include "plugins/gitea-mirror/ssh/ed25519_key.hpp"
#include "plugins/gitea-mirror/ssh/host_keys.hpp"
#include "plugins/gitea-mirror/ssh/private_key.hpp"

namespace {

using namespace stagegate;

// What a shell makes of the one quoted word.
std::string unquoted(std::string_view word) {
  std::string text;
  bool quoted = false;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (word[at] == '\'') {
      quoted = !quoted;
    } else if (word[at] == '\\' && !quoted) {
      if (++at == word.size()) std::abort();
      text += word[at];
    } else {
      if (!quoted) std::abort();
      text += word[at];
    }
  }
  if (quoted) std::abort();
  return text;
}

void read_address(std::string_view bytes) {
  const auto address = mirror::parse_ssh_address(bytes);
  if (!address) return;
  if (!mirror::is_ssh_address(bytes)) std::abort();
  if (address->path.empty() || address->path.front() == '-' || address->host.empty()) std::abort();
  const std::string command = mirror::git_command("git", address->path);
  if (unquoted(std::string_view(command).substr(4)) != address->path) std::abort();
}

void read_key(std::string_view bytes) {
  const auto key = mirror::mend_private_key("key", bytes);
  if (!key) return;
  const auto again = mirror::mend_private_key("key", key->pem.text());
  if (!again || again->pem.text() != key->pem.text() || again->encrypted != key->encrypted) {
    std::abort();
  }
  if (!key->encrypted) static_cast<void>(mirror::openssh_form(key->pem.text(), ""));
}

void read_known_hosts(std::string_view bytes) {
  const auto pinned = mirror::pinned_keys(bytes, "github.com", 22);
  if (!pinned) return;
  if (pinned->trusted.empty() || pinned->askings().empty()) std::abort();
  const mirror::HostKey other{"ssh-ed25519", "SHA256:x"};
  if (mirror::acquaintance(*pinned, other) == mirror::Acquaintance::known) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_address(bytes);
  read_key(bytes);
  read_known_hosts(bytes);
  return 0;
}
