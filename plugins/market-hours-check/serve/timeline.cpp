#include "plugins/market-hours-check/serve/timeline.hpp"

#include <array>

#include "common/html/html.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using html::escaped;
using text::cat;

// In units of the drawing, which scales to its card.
constexpr int kLeft = 68;  // of the bars; left of it stand the days
constexpr int kBar = 384;  // 16 units an hour
constexpr int kTop = 24;   // of the first row; above it stand the hours
constexpr int kRow = 26;
constexpr int kHeight = 16;  // of a bar
constexpr int kWidth = kLeft + kBar + 12;

// By the time that has passed and not by the wall clock: where the clocks change, a span never runs
// backwards.
std::int64_t x_of(time::Instant at, const BoardDay& day) {
  return kLeft + (at - day.span.begin) * kBar / (day.span.end - day.span.begin);
}

std::string bar(std::string_view kind, const Span& span, const BoardDay& day, int y,
                const std::string& title) {
  const auto x = x_of(span.begin, day);
  return cat("<rect class=\"", kind, "\" x=\"", x, "\" y=\"", y, "\" width=\"",
             std::max<std::int64_t>(1, x_of(span.end, day) - x), "\" height=\"", kHeight,
             "\"><title>", escaped(title), "</title></rect>");
}

std::string hour_marks(const BoardDay& day, const time::Zone& zone, int y) {
  std::string out;
  for (const int hour : {6, 12, 18}) {
    const auto x = x_of(zone.to_instants(day.day.date + std::chrono::hours{hour}).first, day);
    out += cat("<line class=\"mark\" x1=\"", x, "\" x2=\"", x, "\" y1=\"", y, "\" y2=\"",
               y + kHeight, "\"/>");
  }
  return out;
}

std::string row(const BoardDay& day, const time::Zone& zone, int y) {
  const std::string label = day_label(day.day.date);
  const bool quiet = day.day.sessions.empty();
  std::string out = cat("<text class=\"", quiet ? "day quiet" : "day", "\" x=\"0\" y=\"", y + 12,
                        "\">", short_day_label(day.day.date), "</text>");
  out += bar("allowed", day.span, day, y, cat(label, ": promotions allowed"));
  for (const Span& span : day.blocked) {
    out += bar("blocked", span, day, y,
               cat(label, ": promotions blocked ", hours_label(span, day, zone)));
  }
  for (const auto& [span, name] : day.freezes) {
    out += bar("freeze", span, day, y,
               cat(label, ": frozen, ", name, ", ", hours_label(span, day, zone)));
  }
  return out + hour_marks(day, zone, y);
}

std::string hours() {
  constexpr std::array kHours{0, 6, 12, 18, 24};
  std::string out;
  for (const int hour : kHours) {
    out += cat("<text class=\"hour\" x=\"", kLeft + hour * kBar / 24, "\" y=\"14\">",
               hour < 10 ? "0" : "", hour, "</text>");
  }
  return out;
}

std::string now_marker(time::Instant at, const BoardDay& today, const time::Zone& zone) {
  const auto x = x_of(at, today);
  return cat("<g class=\"now\"><title>now, ", escaped(time::show_time(at, zone)),
             "</title><path d=\"M", x - 5, " ", kTop - 6, "h10l-5 7z\"/><line x1=\"", x, "\" x2=\"",
             x, "\" y1=\"", kTop - 2, "\" y2=\"", kTop + kHeight + 2, "\"/></g>");
}

// For those who cannot see the drawing.
std::string description(const BoardStage& shown, const time::Zone& zone) {
  std::string out = "Promotions are blocked";
  std::string_view separator = ": ";
  for (const BoardDay& day : shown.days) {
    out += cat(separator, day_label(day.day.date), " ", blocked_label(day, zone));
    separator = "; ";
  }
  return out + ".";
}

}  // namespace

std::string timeline_svg(const BoardStage& shown, time::Instant at, const std::string& id) {
  if (shown.days.empty()) return "";
  const time::Zone& zone = shown.stage->gate.calendar().zone();
  const int height = kTop + kRow * static_cast<int>(shown.days.size());
  std::string out = cat("<svg class=\"timeline\" role=\"img\" aria-labelledby=\"", id, "-title ",
                        id, "-desc\" viewBox=\"0 0 ", kWidth, " ", height, "\"><title id=\"", id,
                        "-title\">Time line of ", escaped(shown.stage->name), "</title><desc id=\"",
                        id, "-desc\">", escaped(description(shown, zone)), "</desc>", hours());
  int y = kTop;
  for (const BoardDay& day : shown.days) {
    out += row(day, zone, y);
    y += kRow;
  }
  return out + now_marker(at, shown.days.front(), zone) + "</svg>";
}

std::string timeline_patterns() {
  return R"svg(<svg class="patterns" aria-hidden="true" width="0" height="0"><defs><pattern id="hatch"
 width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect
 class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="3"
 height="6"/></pattern></defs></svg>)svg";
}

}  // namespace stagegate::market_hours
