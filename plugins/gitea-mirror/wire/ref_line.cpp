#include "plugins/gitea-mirror/wire/ref_line.hpp"

#include "common/text/text.hpp"

namespace stagegate::mirror {

Result<RefLine> parse_ref_line(std::string_view line, HashFormat format) {
  const std::size_t digits = 2 * bytes_of(format);
  const auto oid = Oid::parse(line.substr(0, digits));
  if (!oid || oid->format() != format || line.size() < digits + 2 || line[digits] != ' ') {
    return unknown(
        text::cat("no ref with an object id of ", name_of(format), ": ", text::quoted(line)));
  }
  line.remove_prefix(digits + 1);
  const std::size_t blank = line.find(' ');
  RefLine parsed{.oid = *oid, .name = line.substr(0, blank), .rest = {}};
  if (blank != std::string_view::npos) parsed.rest = line.substr(blank + 1);
  return parsed;
}

}  // namespace stagegate::mirror
