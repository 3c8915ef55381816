#include "plugins/argocd-sync/evidence/log_lines.hpp"

#include <algorithm>

#include "common/text/characters.hpp"
#include "common/text/harmless.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {

namespace {

constexpr std::size_t kLines = 18;
constexpr std::size_t kLongest = 300;  // characters
constexpr text::JsonLimits kEntry{.bytes = 256u << 10, .depth = 8, .values = 100};

// Without what colours a terminal: "\x1b[31m".
std::string uncoloured(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line.substr(at, 2) != "\x1b[") {
      out += line[at] == '\t' ? ' ' : line[at];
      continue;
    }
    at += 2;
    while (at < line.size() && (line[at] < '@' || line[at] > '~')) ++at;
  }
  return out;
}

std::string readable(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);  // what is in front may indent it
  // A line of megabytes is looked at in its beginning only.
  const std::string plain = uncoloured(text::cut_at_character(line, 8 * kLongest));
  const std::string_view beginning = text::first_characters(plain, kLongest);
  const bool cut = beginning.size() < plain.size() || line.size() > 8 * kLongest;
  return text::harmless(beginning) + (cut ? " ..." : "");
}

// The last lines of the text that hold something, in their order.
std::vector<std::string_view> last_lines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty() && lines.size() < kLines) {
    const std::size_t end = body.rfind('\n');
    const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    if (!text::trim(body.substr(begin)).empty()) lines.push_back(body.substr(begin));
    body = body.substr(0, begin == 0 ? 0 : end);
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace

LogLines log_lines_of_text(std::string_view body) {
  LogLines log;
  for (const std::string_view line : last_lines(body)) log.lines.push_back(readable(line));
  return log;
}

LogLines log_lines_of_api(std::string_view body) {
  LogLines log;
  for (const std::string_view line : last_lines(body)) {
    const auto entry = text::parse_json(line, kEntry);
    if (!entry) {
      log.error = "a part of the log is not as Argo CD writes it";
      continue;
    }
    const std::string error = words_at(*entry, {"error", "message"});
    if (!error.empty()) log.error = error;
    const std::string content = string_at(*entry, {"result", "content"});
    // The last entry says only that it is the last.
    if (!text::trim(content).empty()) log.lines.push_back(readable(content));
  }
  return log;
}

}  // namespace stagegate::argocd
