// The first field of a line of known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
#pragma once

#include <string>
#include <string_view>

namespace stagegate::mirror {

// `name`: "git.example", or "[git.example]:2222" for other ports than 22; in lower case. The field:
// names and patterns (* ? and ! in front) separated by commas, or one hashed name, as Debian's ssh
// writes them.
bool matches_hosts(std::string_view field, const std::string& name);

}  // namespace stagegate::mirror
