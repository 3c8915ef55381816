#include "plugins/audit-writer/query/history_page.hpp"

#include "common/crypto/encoding.hpp"
#include "common/html/html.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/table.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

// Longer than a terminal's column: a page has room for the whole.
std::string whole_notes(const Record& record) {
  std::string out;
  if (record.is_break_glass()) {
    out += cat(html::symbol(html::Symbol::glass), "<strong>break-glass</strong> ");
  }
  const auto* glass = record.json.find("break_glass");
  if (glass != nullptr) out += cat(html::escaped(glass->text("justification")), " ");
  for (const char* key : {"reason", "notes"}) {
    if (!record.text(key).empty()) out += cat(html::escaped(record.text(key)), " ");
  }
  return out;
}

}  // namespace

std::string history_page_head() {
  std::string out = cat(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Promotion history</title>\n"
      "<style>\n",
      html::base_style(),
      "\ntable{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.25rem "
      ".75rem .25rem 0}\n</style>\n</head>\n<body>\n<main>\n<h1>Promotion history</h1>\n<table>\n"
      "<thead><tr>");
  for (const auto& cell : head_row()) out += cat("<th scope=\"col\">", cell, "</th>");
  return out + "</tr></thead>\n<tbody>\n";
}

std::string history_page_row(const Record& record) {
  const Row row = row_of(record);
  std::string out = "<tr>";
  for (std::size_t at = 0; at + 1 < row.size(); ++at) {
    out += cat("<td>", html::escaped(row[at]), "</td>");
  }
  const std::string notes = record.redacted_by ? html::escaped(row.back()) : whole_notes(record);
  return cat(out, "<td>", notes, "</td></tr>\n");
}

std::string history_page_foot(const audit::Checkpoint& head) {
  return cat("</tbody>\n</table>\n<footer><p>", html::escaped(head.origin), ", ", head.size,
             " records, root ", crypto::base64(head.root),
             "</p></footer>\n</main>\n</body>\n"
             "</html>\n");
}

}  // namespace stagegate::audit_writer
