// Records as rows for people: on a terminal and in Markdown.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

// seq, time, event, from, to, tag, operator, outcome, notes. Nothing in them can fool a terminal; a
// commit's tag is cut to 12 characters and the notes to a line. Broken glass is marked, and its
// justification stands with the notes.
inline constexpr std::size_t kColumns = 9;
using Row = std::array<std::string, kColumns>;
const Row& head_row();
Row row_of(const Record& record);

// How wide each column has to be, learned from one row after the other, so that a table of any
// length needs no memory for its rows.
class Columns {
 public:
  Columns() { learn(head_row()); }
  void learn(const Row& row);
  std::string line(const Row& row) const;  // with its newline

 private:
  std::array<std::size_t, kColumns> widths_{};
};

std::string markdown_head();
std::string markdown_row(const Row& row);

// A tag as people compare it: the first 12 characters of a commit, others whole.
std::string short_tag(std::string_view tag);

}  // namespace stagegate::audit_writer
