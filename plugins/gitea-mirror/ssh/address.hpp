// Addresses of repositories that are reached over SSH, and the commands that are run there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

struct SshAddress {
  std::string user = "git";
  std::string host;  // in lower case; IPv6 without brackets
  std::uint16_t port = 22;
  std::string path;  // as the server's git takes it

  // "git.example", or "git.example:2222" where the port is not SSH's own. For messages.
  std::string where() const;
};

// Whether the text is meant as such an address, right or wrong; others are http(s)://.
bool is_ssh_address(std::string_view text);

// ssh://user@host:port/path, with %xx in it as git decodes it, and the short user@host:path. Who is
// not named is "git", as at every host of repositories. Refused (usage): a password (none is ever
// sent), and what git itself refuses, such as names that begin with "-".
Result<SshAddress> parse_ssh_address(std::string_view text);

// "git-upload-pack 'o/r.git'", safe for the server's shell whatever is in the path.
std::string git_command(std::string_view program, std::string_view path);

}  // namespace stagegate::mirror
