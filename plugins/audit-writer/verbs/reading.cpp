#include "plugins/audit-writer/verbs/reading.hpp"

#include <optional>

#include "common/text/text.hpp"
#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

using text::cat;

Result<Reading> Reading::open(const Options& options) {
  auto view = audit::open_view(options.log);
  if (!view) return forward(view.error());
  return Reading(*std::move(view));
}

Result<Found> find_record(const RecordSource& source, const std::string& name) {
  if (const auto number = text::parse_int(name)) {
    if (*number < 0 || static_cast<std::uint64_t>(*number) >= source.size()) {
      return usage(
          cat("there is no record ", name, ": the log has ", source.size(),
              source.size() == 0 ? " records" : cat(" records, 0 to ", source.size() - 1)));
    }
    const auto seq = static_cast<std::uint64_t>(*number);
    auto line = source.line(seq);
    if (!line) return forward(line.error());
    return Found{seq, *std::move(line)};
  }
  std::optional<Found> found;
  auto visited = source.each_with(member_needle("id", name), 0, [&](const audit::Line& line) {
    const auto record = parse_record(line);
    if (!record || record->text("id") != name) return audit::Next::go_on;
    found = Found{line.seq, std::string(line.text)};
    return audit::Next::stop;
  });
  if (!visited) return forward(visited.error());
  if (!found) {
    return usage(cat("there is no record ", text::quoted(name),
                     ": give its number, or its id of 26 characters"));
  }
  return *std::move(found);
}

}  // namespace stagegate::audit_writer
