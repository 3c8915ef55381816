#include "plugins/audit-writer/export/csv.hpp"

#include <algorithm>
#include <array>

#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

using Read = std::string (*)(const Record&);
struct Column {
  std::string_view name;
  Read read;
};

std::string member(const Record& record, std::string_view key) {
  const Json* value = record.json.find(key);
  if (value == nullptr || value->is_null()) return {};
  return value->string() == nullptr ? value->dump() : *value->string();
}

std::string member_of(const Record& record, std::string_view object, std::string_view key) {
  const Json* inner = record.json.find(object);
  const Json* value = inner == nullptr ? nullptr : inner->find(key);
  if (value == nullptr || value->is_null()) return {};
  return value->string() == nullptr ? value->dump() : *value->string();
}

std::string images(const Record& record) {
  std::string out;
  const Json* images = record.json.find("images");
  if (images == nullptr || images->array() == nullptr) return out;
  for (const Json& image : *images->array()) {
    out += cat(out.empty() ? "" : " ", image.text("name"), "@", image.text("digest"));
  }
  return out;
}

std::string event(const Record& record) {
  if (record.redacted_by) return cat("redacted by record ", *record.redacted_by);
  return record.event();
}

// Requirement 15.1 first, in its order.
constexpr std::array kColumns{
    Column{"seq", [](const Record& r) { return std::to_string(r.seq); }},
    Column{"ts", [](const Record& r) { return member(r, "ts"); }},
    Column{"operator", [](const Record& r) { return member_of(r, "operator", "name"); }},
    Column{"source_stage", [](const Record& r) { return member(r, "source_stage"); }},
    Column{"target_stage", [](const Record& r) { return member(r, "target_stage"); }},
    Column{"image_tag", [](const Record& r) { return member(r, "image_tag"); }},
    Column{"notes", [](const Record& r) { return member(r, "notes"); }},
    Column{"event", event},
    Column{"outcome", [](const Record& r) { return member(r, "outcome"); }},
    Column{"reason", [](const Record& r) { return member(r, "reason"); }},
    Column{"justification",
           [](const Record& r) { return member_of(r, "break_glass", "justification"); }},
    Column{"grant", [](const Record& r) { return member_of(r, "break_glass", "grant"); }},
    Column{"consumer", [](const Record& r) { return member_of(r, "break_glass", "consumer"); }},
    Column{"approver", [](const Record& r) { return member_of(r, "approver", "name"); }},
    Column{"operator_kind", [](const Record& r) { return member_of(r, "operator", "kind"); }},
    Column{"operator_verified",
           [](const Record& r) { return member_of(r, "operator", "verified"); }},
    Column{"project", [](const Record& r) { return member(r, "project"); }},
    Column{"gate", [](const Record& r) { return member_of(r, "gate", "name"); }},
    Column{"previous_tag", [](const Record& r) { return member(r, "previous_tag"); }},
    Column{"rollback", [](const Record& r) { return member(r, "rollback"); }},
    Column{"commit", [](const Record& r) { return member(r, "commit"); }},
    Column{"commit_time", [](const Record& r) { return member(r, "commit_time"); }},
    Column{"images", images},
    Column{"occurred_at", [](const Record& r) { return member(r, "occurred_at"); }},
    Column{"change_ref", [](const Record& r) { return member(r, "change_ref"); }},
    Column{"source_system", [](const Record& r) { return member_of(r, "source", "system"); }},
    Column{"promotion", [](const Record& r) { return member_of(r, "source", "promotion"); }},
    Column{"repo", [](const Record& r) { return member_of(r, "source", "repo"); }},
    Column{"pipeline", [](const Record& r) { return member_of(r, "source", "pipeline"); }},
    Column{"url", [](const Record& r) { return member_of(r, "source", "url"); }},
    Column{"id", [](const Record& r) { return member(r, "id"); }},
};

// What spreadsheets take for the beginning of a formula, the wide forms included (OWASP).
bool begins_formula(std::string_view text) {
  constexpr std::array<std::string_view, 12> kBeginnings{
      "=",      "+",      "-",      "@",     "\t", "\r", "\n", std::string_view("\0", 1),
      "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

}  // namespace

std::string csv_cell(std::string_view text) {
  return (begins_formula(text) ? "'" : "") + text::harmless_lines(text);
}

std::string csv_head() {
  std::vector<std::string> names;
  names.reserve(kColumns.size());
  for (const Column& column : kColumns) names.emplace_back(column.name);
  return text::csv_line(names);
}

std::string csv_row(const Record& record) {
  std::vector<std::string> cells;
  cells.reserve(kColumns.size());
  for (const Column& column : kColumns) cells.push_back(csv_cell(column.read(record)));
  return text::csv_line(cells);
}

}  // namespace stagegate::audit_writer
