#include "plugins/audit-writer/verbs/selection.hpp"

#include <optional>

#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/known.hpp"
#include "plugins/audit-writer/query/when.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::size_t kMostKnown = 256u << 20;

Result<std::optional<audit::Stamp>> when(std::string_view name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto stamp = parse_when(text, now());
  if (!stamp) return usage(cat(name, ": ", stamp.error().message));
  return *stamp;
}

}  // namespace

Result<Filter> filter_of(const Options& options) {
  Filter filter{.stage = options.stage,
                .operator_name = options.operator_name,
                .tag = options.tag.text,
                .type = options.type,
                .project = options.project,
                .promotion = options.promotion,
                .break_glass = options.query.break_glass};
  const auto since = when("since", options.query.since);
  if (!since) return forward(since.error());
  const auto until = when("until", options.query.until);
  if (!until) return forward(until.error());
  filter.since = *since;
  filter.until = *until;
  return filter;
}

Result<std::vector<std::string>> known_checkpoints(const std::vector<std::string>& files,
                                                   const std::string& origin) {
  std::vector<std::string> known;
  for (const auto& path : files) {
    const auto text = fs::read_file(path, kMostKnown);
    if (!text) return usage(cat("known: ", text.error().message));
    auto found = find_checkpoints(*text, origin);
    if (found.empty()) {
      return usage(cat("known: ", path, " holds no checkpoint of ", origin));
    }
    known.insert(known.end(), found.begin(), found.end());
  }
  return known;
}

}  // namespace stagegate::audit_writer
