// A report before it is written down: headings, sentences and tables. The same document becomes
// text, Markdown or a page.
#pragma once

#include <string>
#include <vector>

namespace stagegate::audit_writer {

// Whether somebody has to look at it; shown in words or signs, never by colour alone.
enum class Tone { plain, good, warning, bad };

struct Cell {
  // Implicit on purpose: {"live", "3f2a91c", {"used", Tone::warning}}.
  // NOLINTBEGIN(google-explicit-constructor)
  Cell(std::string content, Tone how = Tone::plain) : text(std::move(content)), tone(how) {}
  Cell(const char* content, Tone how = Tone::plain) : text(content), tone(how) {}
  // NOLINTEND(google-explicit-constructor)
  std::string text;
  Tone tone;
};

struct Section {
  std::string heading;
  std::vector<std::string> sentences = {};
  std::vector<std::string> head = {};  // of the table; empty: there is none
  std::vector<std::vector<Cell>> rows = {};
  std::string when_empty = {};  // instead of a table without rows
};

struct Document {
  std::string title;
  std::string subtitle;
  std::vector<std::pair<std::string, Cell>> facts;  // the figures that everybody looks for
  std::vector<Section> sections;
  std::vector<std::string> footer;
  std::string literal;  // a checkpoint, to be copied as it is
};

std::string show_text(const Document& document);
std::string show_markdown(const Document& document);
// One file that needs nothing else and runs no script: light and dark, for screen and paper.
std::string show_html(const Document& document);

}  // namespace stagegate::audit_writer
