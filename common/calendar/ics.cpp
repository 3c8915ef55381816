// Calendars as calendar programs import them: iCalendar, RFC 5545.
#include <algorithm>
#include <utility>

#include "common/calendar/show.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

std::string without_marks(std::string text) {
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}
std::string stamp(time::Instant instant) {
  return without_marks(time::rfc3339(instant));
}
std::string stamp(time::Date date) {
  return without_marks(time::iso_date(date));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      if (c == '\\' || c == ';' || c == ',') out += '\\';
      out += c;
    }
  }
  return out;
}

// Lines end in CRLF and are folded before they are longer than 75 bytes, never inside a character.
void add_line(std::string& out, std::string_view line) {
  std::size_t room = 75;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = 74;
  }
  out.append(line).append("\r\n");
}

struct Event {
  std::string uid;
  std::string begin;  // with its property name and parameters
  std::string end;
  std::string summary;
};

void add_event(std::string& out, const Event& event, time::Instant made) {
  add_line(out, "BEGIN:VEVENT");
  add_line(out, "UID:" + event.uid);
  add_line(out, "DTSTAMP:" + stamp(made));
  add_line(out, event.begin);
  add_line(out, event.end);
  add_line(out, "SUMMARY:" + escaped(event.summary));
  add_line(out, "TRANSP:TRANSPARENT");
  add_line(out, "END:VEVENT");
}

Event event_of(const Calendar& calendar, const Day& day) {
  return {
      text::cat(stamp(day.date), "-day-", calendar.id(), "@stagegate"),
      "DTSTART;VALUE=DATE:" + stamp(day.date),
      "DTEND;VALUE=DATE:" + stamp(day.date + date::days{1}),
      text::cat(calendar.id(), ": ", to_text(day.kind), day.name.empty() ? "" : ", ", day.name)};
}

Event event_of(const Calendar& calendar, const Block& block, std::size_t index) {
  return {text::cat(stamp(block.begin), "-", index, "-", calendar.id(), "@stagegate"),
          "DTSTART:" + stamp(block.begin), "DTEND:" + stamp(block.end),
          text::cat("No promotions: ", block.name, " (", calendar.id(), ")")};
}

}  // namespace

Result<std::string> show_ics(const Calendar& calendar, time::Date first, time::Date last,
                             time::Instant made) {
  const auto days = days_between(calendar, first, last);
  if (!days) return forward(days.error());
  const auto& zone = calendar.zone();
  const auto blocks = calendar.blocks(zone.to_instants(time::Local{first}).first,
                                      zone.to_instants(time::Local{last + date::days{1}}).last);
  if (!blocks) return forward(blocks.error());
  std::string out;
  add_line(out, "BEGIN:VCALENDAR");
  add_line(out, "VERSION:2.0");
  add_line(out, "PRODID:-//stagegate//market-hours-check//EN");
  add_line(out, "X-WR-CALNAME:" + escaped(calendar.title()));
  for (const Day& day : *days) {
    if (day.kind != Day::Kind::session && day.kind != Day::Kind::day_off)
      add_event(out, event_of(calendar, day), made);
  }
  // Blocks may begin at the same instant (a freeze and a session): the index tells them apart.
  std::size_t index = 0;
  for (std::size_t i = 0; i < blocks->size(); ++i) {
    index = i > 0 && (*blocks)[i].begin == (*blocks)[i - 1].begin ? index + 1 : 0;
    add_event(out, event_of(calendar, (*blocks)[i], index), made);
  }
  add_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace stagegate::market_hours
