#include "common/text/characters.hpp"
#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/report/document.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

// More would push every other column off the terminal; the other forms have it all.
constexpr std::size_t kWidestCell = 60;

std::string shortened(const std::string& text) {
  const auto kept = text::first_characters(text, kWidestCell);
  return kept.size() == text.size() ? text : cat(kept, "...");
}

std::string shown(const Cell& cell) {
  const bool marked = cell.tone == Tone::warning || cell.tone == Tone::bad;
  return cat(marked ? "! " : "", shortened(text::harmless(cell.text)));
}

std::string section_text(const Section& section) {
  std::string out = cat("\n", section.heading, "\n");
  for (const auto& sentence : section.sentences) out += cat("  ", text::harmless(sentence), "\n");
  if (section.head.empty()) return out;
  if (section.rows.empty()) return out + cat("  ", section.when_empty, "\n");
  text::Table table(section.head);
  for (const auto& row : section.rows) {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (const Cell& cell : row) cells.push_back(shown(cell));
    table.row(std::move(cells));
  }
  const std::string lines = table.text();
  for (const auto line : text::split(text::trim(lines), '\n')) out += cat("  ", line, "\n");
  return out;
}

// Everything that Markdown or the HTML in it could take for markup.
std::string markdown(const std::string& text) {
  std::string out;
  for (const char c : text::harmless(text)) {
    if (std::string_view("\\`*_{}[]<>()#+-!|~&$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_cell(const Cell& cell) {
  if (cell.tone == Tone::warning || cell.tone == Tone::bad) {
    return cat("**! ", markdown(cell.text), "**");
  }
  return markdown(cell.text);
}

std::string markdown_section(const Section& section) {
  std::string out = cat("\n## ", markdown(section.heading), "\n\n");
  for (const auto& sentence : section.sentences) out += markdown(sentence) + "\n\n";
  if (section.head.empty()) return out;
  if (section.rows.empty()) return out + markdown(section.when_empty) + "\n";
  std::string rule = "|";
  out += "|";
  for (const auto& name : section.head) {
    out += cat(" ", markdown(name), " |");
    rule += " --- |";
  }
  out += "\n" + rule + "\n";
  for (const auto& row : section.rows) {
    out += "|";
    for (const Cell& cell : row) out += cat(" ", markdown_cell(cell), " |");
    out += "\n";
  }
  return out;
}

}  // namespace

std::string show_text(const Document& document) {
  std::string out = cat(document.title, "\n", document.subtitle, "\n\n");
  text::Table facts({});
  for (const auto& [name, value] : document.facts) facts.row({name, shown(value)});
  out += std::string(text::trim(facts.text())) + "\n";
  for (const Section& section : document.sections) out += section_text(section);
  out += "\n";
  for (const auto& line : document.footer) out += text::harmless(line) + "\n";
  if (!document.literal.empty()) out += "\n" + text::harmless_lines(document.literal);
  return std::string(text::trim(out));
}

std::string show_markdown(const Document& document) {
  std::string out = cat("# ", markdown(document.title), "\n\n", markdown(document.subtitle),
                        "\n\n| | |\n| --- | --- |\n");
  for (const auto& [name, value] : document.facts) {
    out += cat("| ", markdown(name), " | ", markdown_cell(value), " |\n");
  }
  for (const Section& section : document.sections) out += markdown_section(section);
  out += "\n";
  for (const auto& line : document.footer) out += markdown(line) + "\n\n";
  if (!document.literal.empty()) {
    const std::string lines = text::harmless_lines(document.literal);
    for (const auto line : text::split(text::trim(lines), '\n')) {
      out += cat("    ", line, "\n");
    }
  }
  return std::string(text::trim(out));
}

}  // namespace stagegate::audit_writer
