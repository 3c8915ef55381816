// The target of a request line, taken apart. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/request.hpp"
#include "common/result/result.hpp"

namespace stagegate::http {

struct Target {
  std::string path;  // decoded; "*" of `OPTIONS *` stays as it is
  std::vector<Field> query;
  std::string authority;  // of the absolute form (http://host:port/path), which overrides Host
};

// Refuses (kind usage) what two readers could read in two ways, because the reader in front of this
// server may be a proxy that lets some paths through and not others: "//", "/./", "/../" plain or
// encoded, an encoded slash, a backslash, control characters, a query name given twice.
Result<Target> parse_target(std::string_view method, std::string_view raw);

// "a=1&b=x+y%21" as a form writes it.
Result<std::vector<Field>> parse_query(std::string_view raw);

}  // namespace stagegate::http
