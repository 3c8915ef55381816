// Columns of text for terminals.
#pragma once

#include <string>
#include <vector>

namespace stagegate::text {

// One record of RFC 4180, with its CRLF.
std::string csv_line(const std::vector<std::string>& cells);

class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Columns padded to the widest cell (counted in code points), two blanks between them, none at
  // the end of a line.
  std::string text() const;
  // RFC 4180.
  std::string csv() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the first is the head
};

}  // namespace stagegate::text
