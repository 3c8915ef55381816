#include "plugins/audit-writer/draft/pending.hpp"

#include <optional>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr std::string_view kMark = "AUDIT-PENDING {";

// The object that begins at `text`'s start, without what a terminal or a log viewer has put behind
// it.
std::string_view object_at(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return text.substr(0, at + 1);
    }
  }
  return {};
}

struct Cut {
  std::string_view object;
  bool result = false;  // the whole result of a run, with the record in it
};

std::optional<Cut> cut(std::string_view line) {
  if (const auto mark = line.find(kMark); mark != std::string_view::npos) {
    return Cut{object_at(line.substr(mark + kMark.size() - 1))};
  }
  if (line.find("\"pending\":{") == std::string_view::npos) return std::nullopt;
  return Cut{object_at(line.substr(line.find('{'))), true};
}

}  // namespace

Pending find_pending(std::string_view text) {
  Pending found;
  std::size_t number = 0;
  for (const auto line : text::split(text, '\n')) {
    ++number;
    const auto piece = cut(line);
    if (!piece) continue;
    auto json = text::parse_json(piece->object);
    if (!json) {
      found.faults.push_back(
          text::cat("line ", number, ": the record is not whole: ", json.error().message));
      continue;
    }
    if (!piece->result) {
      found.records.push_back({number, *std::move(json)});
    } else if (const auto* record = json->find("pending")) {
      found.records.push_back({number, *record});
    }
  }
  return found;
}

}  // namespace stagegate::audit_writer
