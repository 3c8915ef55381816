#include "embedded_stagegate_audit_report.hpp"

#include "common/html/html.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/report/document.hpp"

namespace stagegate::audit_writer {
namespace {

using html::escaped;
using text::cat;

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::good:
      return "good";
    case Tone::warning:
      return "odd";
    case Tone::bad:
      return "bad";
  }
  return {};
}

std::string sign_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::good:
      return html::symbol(html::Symbol::tick);
    case Tone::warning:
      return html::symbol(html::Symbol::warning);
    case Tone::bad:
      return html::symbol(html::Symbol::cross);
  }
  return {};
}

std::string shown(const Cell& cell) {
  if (cell.tone == Tone::plain) return escaped(cell.text);
  return cat("<span class=\"tone ", class_of(cell.tone), "\">", sign_of(cell.tone),
             escaped(cell.text), "</span>");
}

// The names of the columns stand in the cells, too: on a narrow screen the table falls apart into
// cards, and its head is gone.
std::string table(const Section& section) {
  std::string out =
      cat("<table class=\"stacked\"><caption>", escaped(section.heading), "</caption><thead><tr>");
  for (const auto& name : section.head) out += cat("<th scope=\"col\">", escaped(name), "</th>");
  out += "</tr></thead><tbody>";
  for (const auto& row : section.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += cat("<td data-name=\"", escaped(section.head.at(i)), "\">", shown(row[i]), "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table>";
}

std::string section(const Section& section) {
  std::string out = cat("<section><h2>", escaped(section.heading), "</h2>");
  for (const auto& sentence : section.sentences) out += cat("<p>", escaped(sentence), "</p>");
  if (section.head.empty()) return out + "</section>\n";
  out += section.rows.empty() ? cat("<p class=\"none\">", escaped(section.when_empty), "</p>")
                              : table(section);
  return out + "</section>\n";
}

}  // namespace

std::string show_html(const Document& document) {
  std::string out =
      cat("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
          "<meta name=\"color-scheme\" content=\"light dark\">"
          // For whoever opens the file: nothing is loaded, nothing runs.
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'\"><title>",
          escaped(document.title), "</title><style>", html::base_style(),
          report_files::files().front().bytes, "</style></head><body><header><h1>",
          escaped(document.title), "</h1><p class=\"asof\">", escaped(document.subtitle),
          "</p></header><main><dl class=\"figures\">");
  for (const auto& [name, value] : document.facts) {
    out += cat("<div><dt>", escaped(name), "</dt><dd>", shown(value), "</dd></div>");
  }
  out += "</dl>\n";
  for (const Section& part : document.sections) out += section(part);
  out += "</main><footer>";
  for (const auto& line : document.footer) out += cat("<p>", escaped(line), "</p>");
  if (!document.literal.empty()) {
    out += cat("<pre tabindex=\"0\" aria-label=\"Signed checkpoint\">", escaped(document.literal),
               "</pre>");
  }
  return out + "</footer></body></html>";
}

}  // namespace stagegate::audit_writer
