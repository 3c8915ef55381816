#include "plugins/audit-writer/query/table.hpp"

#include <algorithm>

#include "common/text/characters.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::size_t kShortTag = 12;
constexpr std::size_t kMostNotes = 72;  // characters

bool is_commit(std::string_view tag) {
  constexpr std::size_t kSha1 = 40;
  constexpr std::size_t kSha256 = 64;
  return (tag.size() == kSha1 || tag.size() == kSha256) &&
         tag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string cut(const std::string& text) {
  const auto kept = text::first_characters(text, kMostNotes);
  return kept.size() == text.size() ? text : cat(kept, "\u2026");
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return text::harmless(line);
}

std::string remarks(const Record& record) {
  std::vector<std::string> parts;
  if (record.is_break_glass()) parts.emplace_back("[BREAK-GLASS]");
  const auto* glass = record.json.find("break_glass");
  if (glass != nullptr && !glass->text("justification").empty()) {
    parts.push_back(one_line(glass->text("justification")));
  }
  for (const char* key : {"reason", "notes"}) {
    if (!record.text(key).empty()) parts.push_back(one_line(record.text(key)));
  }
  return cut(text::join(parts, " "));
}

// To the second, as people read it.
std::string time_of(const Record& record) {
  constexpr std::size_t kToSeconds = 19;
  std::string time(record.text("ts").substr(0, kToSeconds));
  return record.at ? time + "Z" : one_line(record.text("ts"));
}

}  // namespace

const Row& head_row() {
  static const Row kHead = {"seq", "time",     "event",   "from", "stage",
                            "tag", "operator", "outcome", "notes"};
  return kHead;
}

std::string short_tag(std::string_view tag) {
  return std::string(is_commit(tag) ? tag.substr(0, kShortTag) : tag);
}

Row row_of(const Record& record) {
  if (record.redacted_by) {
    return {cat(record.seq),
            "",
            "(redacted)",
            "",
            "",
            "",
            "",
            "",
            cat("redacted by record ", *record.redacted_by)};
  }
  return {cat(record.seq),
          time_of(record),
          one_line(record.event()),
          one_line(record.text("source_stage")),
          one_line(record.text("target_stage")),
          one_line(short_tag(record.text("image_tag"))),
          one_line(record.actor("operator")),
          one_line(record.text("outcome")),
          remarks(record)};
}

void Columns::learn(const Row& row) {
  for (std::size_t at = 0; at < kColumns; ++at) {
    widths_[at] = std::max(widths_[at], text::count_characters(row[at]));
  }
}

std::string Columns::line(const Row& row) const {
  std::string out;
  for (std::size_t at = 0; at < kColumns; ++at) {
    out += row[at];
    const auto length = text::count_characters(row[at]);
    out.append(2 + (widths_[at] > length ? widths_[at] - length : 0), ' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out + "\n";
}

std::string markdown_head() {
  return markdown_row(head_row()) + "|---|---|---|---|---|---|---|---|---|\n";
}

std::string markdown_row(const Row& row) {
  constexpr std::string_view kSpecial = "\\`*_{}[]<>#|!&~";
  std::string out = "|";
  for (const auto& cell : row) {
    out += ' ';
    for (const char c : cell) {
      if (kSpecial.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    out += " |";
  }
  return out + "\n";
}

}  // namespace stagegate::audit_writer
