#include "plugins/audit-writer/query/known.hpp"

#include <algorithm>
#include <cstddef>

#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr std::string_view kSignature = "\u2014 ";

// What stands behind the last blank: a log viewer's stamp is followed by one.
std::string_view last_word(std::string_view line) {
  line = text::trim(line);
  const auto blank = line.find_last_of(" \t");
  return blank == std::string_view::npos ? line : line.substr(blank + 1);
}

bool is_size(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The signature lines from `at` on, as they stand in a note; ends at the first other line.
std::string signatures(const std::vector<std::string_view>& lines, std::size_t at) {
  std::string out;
  for (; at < lines.size(); ++at) {
    const auto begin = lines[at].find(kSignature);
    if (begin == std::string_view::npos) break;
    out += text::cat(text::trim(lines[at].substr(begin)), "\n");
  }
  return out;
}

// A note that begins in the line `at`; empty when none does.
std::string note_at(const std::vector<std::string_view>& lines, std::size_t at,
                    std::string_view origin) {
  constexpr std::size_t kHead = 4;  // origin, size, root, an empty line
  if (at + kHead >= lines.size() || last_word(lines[at]) != origin) return {};
  const auto size = last_word(lines[at + 1]);
  const auto root = last_word(lines[at + 2]);
  if (!is_size(size) || !crypto::parse_base64_hash(root)) return {};
  const std::string signed_by = signatures(lines, at + kHead);
  if (signed_by.empty()) return {};
  return text::cat(origin, "\n", size, "\n", root, "\n\n", signed_by);
}

// In JSON a note is one string, with its newlines escaped.
std::vector<std::string> unescaped_strings(std::string_view line) {
  constexpr std::string_view kMember = "\"checkpoint\":\"";
  std::vector<std::string> out;
  for (auto at = line.find(kMember); at != std::string_view::npos;
       at = line.find(kMember, at + 1)) {
    const auto begin = at + kMember.size() - 1;
    auto end = begin + 1;
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    if (end >= line.size()) break;
    const auto json = text::parse_json(line.substr(begin, end + 1 - begin));
    if (json && json->string() != nullptr) out.push_back(*json->string());
  }
  return out;
}

}  // namespace

std::vector<std::string> find_checkpoints(std::string_view text, std::string_view origin) {
  std::vector<std::string> found;
  const auto lines = text::split(text, '\n');
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (auto note = note_at(lines, at, origin); !note.empty()) found.push_back(std::move(note));
    for (const auto& string : unescaped_strings(lines[at])) {
      for (auto& note : find_checkpoints(string, origin)) found.push_back(std::move(note));
    }
  }
  return found;
}

}  // namespace stagegate::audit_writer
