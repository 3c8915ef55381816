#include "common/html/html.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/serve/page.hpp"

namespace stagegate::audit_writer {
namespace {

using html::escaped;
using text::cat;
using text::Json;

std::string given(const Page& page, std::string_view name) {
  for (const auto& [key, value] : page.query) {
    if (key == name) return value;
  }
  return {};
}

std::string field(const Page& page, std::string_view name, std::string_view label,
                  std::string_view example) {
  return cat("<label>", label, "<input name=\"", name, "\" value=\"", escaped(given(page, name)),
             "\" placeholder=\"", example, "\" autocomplete=\"off\" spellcheck=\"false\"></label>");
}

std::string stage_choice(const Page& page) {
  const std::string chosen = given(page, "stage");
  std::string out = "<label>Stage<select name=\"stage\"><option value=\"\">all</option>";
  bool known = chosen.empty();
  const auto option = [&](const std::string& name) {
    const bool selected = name == chosen;
    known = known || selected;
    out += cat("<option", selected ? " selected" : "", ">", escaped(name), "</option>");
  };
  for (const auto& stage : page.look.stages) option(stage.name);
  if (!known) option(chosen);
  return out + "</select></label>";
}

std::string form(const Page& page) {
  const bool checked = !given(page, "break_glass").empty();
  return cat(
      "<form method=\"get\" action=\"#history\" role=\"search\" aria-label=\"Filter\">",
      stage_choice(page), field(page, "operator", "Operator", "whole name"),
      field(page, "tag", "Image tag", "7 or more characters"),
      field(page, "type", "Event", "promotion.succeeded"),
      field(page, "since", "Since", "2026-11-01 or 7d"),
      field(page, "until", "Until", "2026-12-01"),
      "<label class=\"check\"><input type=\"checkbox\" name=\"break_glass\" value=\"true\"",
      checked ? " checked" : "",
      ">Break-glass only</label><button>Filter</button> <a href=\"?#history\">All</a></form>");
}

std::string cell(std::string_view name, const std::string& html) {
  return cat("<td data-name=\"", name, "\">", html, "</td>");
}

std::string person(const Record& record, std::string_view key) {
  const auto name = record.actor(key);
  if (name.empty()) return "";
  const Json* verified = record.json.find(key)->find("verified");
  const bool vouched =
      verified != nullptr && verified->boolean() != nullptr && *verified->boolean();
  return cat("<bdi>", escaped(name), "</bdi>",
             vouched ? "" : " <span class=\"muted\">(unverified)</span>");
}

std::string people(const Record& record) {
  std::string out = person(record, "operator");
  if (const auto approver = person(record, "approver"); !approver.empty()) {
    out += cat("<br>approved by ", approver);
  }
  return out;
}

std::string notes(const Record& record) {
  std::string out = escaped(record.text("notes"));
  const auto add = [&](std::string_view label, std::string_view value) {
    if (value.empty()) return;
    out += cat(out.empty() ? "" : "\n", label, escaped(value));
  };
  if (const Json* glass = record.json.find("break_glass")) {
    add("Justification: ", glass->text("justification"));
    add("Incident: ", glass->text("incident_ref"));
    add("Used by: ", glass->text("consumer"));
  }
  add("Reason: ", record.text("reason"));
  add("Change: ", record.text("change_ref"));
  return out;
}

std::string event(const Record& record) {
  std::string out = cat("<strong>", escaped(record.event()), "</strong>");
  const Moment moment = moment_of(record);
  if (moment.rollback) out += " <span class=\"mark\">rollback</span>";
  if (moment.break_glass) out += " " + glass_mark();
  return out;
}

std::string number(const Record& record) {
  return cat("<a href=\"v1/records/", record.seq, "\">", record.seq, "</a>");
}

std::string row(const Record& record) {
  if (record.redacted_by) {
    return cat("<tr>", cell("Record", number(record)),
               "<td colspan=\"7\" class=\"muted\">redacted by record ", *record.redacted_by,
               "</td></tr>\n");
  }
  const auto tag = record.text("image_tag");
  return cat("<tr", record.is_break_glass() ? " class=\"used-glass\"" : "", ">",
             cell("Record", number(record)), cell("Time", time_element(record.text("ts"))),
             cell("Event", event(record)), cell("Operator", people(record)),
             cell("From", escaped(record.text("source_stage"))),
             cell("To", escaped(record.text("target_stage"))),
             cell("Image tag", tag.empty() ? "" : cat("<code>", escaped(tag), "</code>")),
             cell("Notes", notes(record)), "</tr>\n");
}

std::string table(const HistoryPage& history) {
  std::string out = "<table class=\"records stacked\"><thead><tr>";
  for (const auto* name :
       {"Record", "Time", "Event", "Operator", "From", "To", "Image tag", "Notes"}) {
    out += cat("<th scope=\"col\">", name, "</th>");
  }
  out += "</tr></thead><tbody>\n";
  for (const Record& record : history.records) out += row(record);
  return out + "</tbody></table>";
}

std::string pages(const Page& page, const HistoryPage& history) {
  const std::string filter = show_query(page.query);
  const std::string more = filter.empty() ? "" : cat("&", filter);
  std::string out = "<nav class=\"links\" aria-label=\"History\">";
  if (!given(page, "before").empty())
    out += cat("<a href=\"?", escaped(filter), "#history\">Newest</a> ");
  if (history.next) {
    out += cat("<a rel=\"next\" href=\"?before=", *history.next, escaped(more),
               "#history\">Older</a> ");
  }
  const std::string most = cat("limit=", kMostRecords);
  return cat(out, "<a href=\"v1/records?format=csv&amp;", most, escaped(more),
             "\">CSV</a> <a href=\"v1/records?", most, escaped(more), "\">JSON</a></nav>");
}

std::string remark(const HistoryPage& history) {
  if (!history.searched_all) {
    return cat("<p class=\"muted\">Searched back to record ", *history.next,
               "; “Older” goes on from there.</p>");
  }
  return history.records.empty() ? "<p class=\"none\">No record.</p>" : "";
}

}  // namespace

std::string history_section(const Page& page) {
  std::string out =
      "<section id=\"history\" aria-labelledby=\"history-name\"><h2 "
      "id=\"history-name\">History</h2>";
  out += form(page);
  if (!page.history) {
    return cat(out, "<p class=\"banner\" role=\"alert\">", html::symbol(html::Symbol::warning), " ",
               escaped(page.history.error().message), "</p></section>");
  }
  if (!page.history->records.empty()) out += table(*page.history);
  return cat(out, remark(*page.history), pages(page, *page.history), "</section>");
}

}  // namespace stagegate::audit_writer
