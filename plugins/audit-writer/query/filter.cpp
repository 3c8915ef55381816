#include "plugins/audit-writer/query/filter.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

// A shorter beginning would match by chance.
constexpr std::size_t kShortestPrefix = 7;

bool is_type(const Record& record, const std::string& type) {
  return type.find('.') == std::string::npos ? record.text("type") == type : record.event() == type;
}

std::string_view promotion_of(const Record& record) {
  const auto* source = record.json.find("source");
  return source == nullptr ? std::string_view() : source->text("promotion");
}

bool in_time(const Filter& filter, const Record& record) {
  if (!filter.since && !filter.until) return true;
  if (!record.at) return false;  // a redacted record has no time any more
  return (!filter.since || *record.at >= *filter.since) &&
         (!filter.until || *record.at < *filter.until);
}

// Names may hold what a record escapes; those that do are found by parsing.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

bool names_tag(std::string_view given, std::string_view tag) {
  if (given == tag) return true;
  return given.size() >= kShortestPrefix && tag.starts_with(given);
}

bool matches(const Filter& filter, const Record& record) {
  if (!in_time(filter, record)) return false;
  if (!filter.stage.empty() && record.text("target_stage") != filter.stage) return false;
  if (!filter.tag.empty() && !names_tag(filter.tag, record.text("image_tag"))) return false;
  if (!filter.type.empty() && !is_type(record, filter.type)) return false;
  if (!filter.project.empty() && record.text("project") != filter.project) return false;
  if (!filter.promotion.empty() && promotion_of(record) != filter.promotion) return false;
  if (!filter.operator_name.empty() && record.actor("operator") != filter.operator_name &&
      record.actor("approver") != filter.operator_name) {
    return false;
  }
  return !filter.break_glass || record.is_break_glass();
}

std::string needle_of(const Filter& filter) {
  if (!filter.promotion.empty() && is_plain(filter.promotion)) {
    return member_needle("promotion", filter.promotion);
  }
  if (!filter.tag.empty() && is_plain(filter.tag)) return member_needle("image_tag", filter.tag);
  if (!filter.operator_name.empty() && is_plain(filter.operator_name)) {
    return member_needle("name", filter.operator_name);
  }
  if (!filter.stage.empty() && is_plain(filter.stage)) {
    return member_needle("target_stage", filter.stage);
  }
  if (!filter.type.empty() && is_plain(filter.type)) {
    return member_needle("type", filter.type.substr(0, filter.type.find('.')));
  }
  return {};
}

}  // namespace stagegate::audit_writer
