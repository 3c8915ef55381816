// "<object id> <name>": how refs are listed in all versions of the protocol.
#pragma once

#include <string_view>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/oid.hpp"

namespace stagegate::mirror {

struct RefLine {
  Oid oid;
  std::string_view name;
  std::string_view rest;  // what follows the name after a blank: attributes in version 2
};

Result<RefLine> parse_ref_line(std::string_view line, HashFormat format);

}  // namespace stagegate::mirror
