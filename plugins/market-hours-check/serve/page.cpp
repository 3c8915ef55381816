#include "plugins/market-hours-check/serve/page.hpp"

#include <algorithm>

#include "embedded_stagegate_gate_serve.hpp"
#include "stagegate/version.hpp"

#include "common/calendar/show.hpp"
#include "common/html/html.hpp"
#include "common/text/duration.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/release_page.hpp"
#include "plugins/market-hours-check/serve/timeline.hpp"

namespace stagegate::market_hours {
namespace {

using html::anchor_of;
using html::escaped;
using text::cat;

std::string_view file(std::string_view name) {
  for (const auto& embedded : page_files::files()) {
    if (embedded.name == name) return embedded.bytes;
  }
  return {};
}

bool is_allowed(const BoardStage& shown) {
  return shown.verdict && shown.verdict->allowed;
}

// What a glance at the browser's tabs should tell.
std::string title_of(const Board& board) {
  const auto blocked = std::count_if(board.stages.begin(), board.stages.end(),
                                     [](const BoardStage& shown) { return !is_allowed(shown); });
  if (blocked == 0) return "Promotions allowed";
  if (blocked == std::ssize(board.stages)) return "Promotions blocked";
  return cat(blocked, " of ", board.stages.size(), " stages blocked");
}

html::Symbol symbol_of(std::string_view state) {
  if (state == "allowed") return html::Symbol::tick;
  return state == "unknown" ? html::Symbol::question : html::Symbol::cross;
}

std::string badge(std::string_view state) {
  return cat("<p class=\"badge\">", html::symbol(symbol_of(state)), "<strong>",
             state == "allowed" ? "Promotions allowed" : "Promotions blocked", "</strong></p>");
}

// The headline without its first word, which the badge has said already.
std::string why(const Gate& gate, const Verdict& verdict) {
  std::string line = headline(gate, verdict);
  const auto colon = line.find(": ");
  if (colon != std::string::npos) line.erase(0, colon + 2);
  const bool small = !line.empty() && line[0] >= 'a' && line[0] <= 'z';
  if (small) line[0] = static_cast<char>(line[0] - 'a' + 'A');
  return line;
}

std::string countdown(const Gate& gate, const Verdict& verdict) {
  const auto change = verdict.allowed ? verdict.blocked_at : verdict.allowed_at;
  if (!change) {
    return cat(
        "<p class=\"until\">",
        verdict.reason == Reason::not_gated ? "Never blocked." : "No change in sight for a year.",
        "</p>");
  }
  const auto left = *change - verdict.at;
  return cat("<p class=\"clock\" role=\"timer\" data-left=\"", left.count(), "\">",
             escaped(text::spoken_duration(left)), "</p><p class=\"until\">until promotions are ",
             verdict.allowed ? "blocked" : "allowed", ": <time datetime=\"", time::rfc3339(*change),
             "\">", escaped(time::show_day_and_time(*change, gate.calendar().zone())),
             "</time></p>");
}

std::string notes(const Gate& gate, const Verdict& verdict) {
  std::string items;
  for (const auto& note : gate.notes(verdict, {})) items += cat("<li>", escaped(note), "</li>");
  return items.empty() ? "" : cat("<ul class=\"notes\">", items, "</ul>");
}

std::string fact(std::string_view label, std::string_view value) {
  return cat("<div><dt>", label, "</dt><dd>", escaped(value), "</dd></div>");
}

std::string market_now(const Gate& gate, const Verdict& verdict) {
  if (!verdict.session) return "closed";
  const auto& zone = gate.calendar().zone();
  if (verdict.session->open <= verdict.at) {
    return cat("open until ", time::show_time(verdict.session->close, zone));
  }
  return cat("closed, opens ", time::show_day_and_time(verdict.session->open, zone));
}

std::string facts(const Gate& gate, const Result<Verdict>& verdict) {
  std::string out = "<dl>";
  if (verdict) out += fact("Market", market_now(gate, *verdict));
  out += fact("Calendar", gate.calendar().id());
  out += fact("Time zone", gate.calendar().zone().name());
  if (gate.policy().require == Require::open) out += fact("Requires", "an open market");
  if (gate.policy().need.count() > 0) {
    out += fact("A deployment takes", text::spoken_duration(gate.policy().need));
  }
  return out + "</dl>";
}

// "09:30-11:30, 12:30-15:00", to be broken between the hours only.
std::string hours_html(std::string_view hours) {
  std::string out;
  for (const auto piece : text::split(hours, ',')) {
    out += cat(out.empty() ? "" : ", ", "<span class=\"hours\">", escaped(text::trim(piece)),
               "</span>");
  }
  return out;
}

std::string in_parentheses(const std::string& name) {
  return name.empty() ? "" : cat(" (", escaped(name), ")");
}

std::string day_row(const BoardDay& day, const time::Zone& zone) {
  std::string blocked = hours_html(blocked_label(day, zone));
  for (const auto& freeze : day.freezes) blocked += in_parentheses(freeze.name);
  return cat("<tr><th scope=\"row\">", day_label(day.day.date), "</th><td>",
             hours_html(show_hours(day.day, zone)), in_parentheses(day.day.name), "</td><td>",
             blocked, "</td></tr>");
}

std::string coming(const BoardStage& shown, time::Instant at, const std::string& id) {
  if (shown.days.empty()) return "";
  const auto& zone = shown.stage->gate.calendar().zone();
  std::string rows;
  for (const BoardDay& day : shown.days) rows += day_row(day, zone);
  return cat("<h3>Coming days</h3><figure>", timeline_svg(shown, at, id),
             "</figure><table><caption>Market sessions, and when promotions are blocked, ",
             escaped(zone.name()),
             "</caption><thead><tr><th scope=\"col\">Day</th><th scope=\"col\">Market</th>"
             "<th scope=\"col\">Blocked</th></tr></thead><tbody>",
             rows, "</tbody></table>");
}

std::string card(const BoardStage& shown, time::Instant at, std::size_t number) {
  const Gate& gate = shown.stage->gate;
  const std::string id = cat("stage", number);
  const std::string name = escaped(shown.stage->name);
  const std::string query = text::percent_encode(shown.stage->name);
  std::string_view state = is_allowed(shown) ? "allowed" : "blocked";
  if (!shown.verdict) state = "unknown";
  std::string out = cat("<article class=\"card ", state, "\" id=\"",
                        escaped(anchor_of(shown.stage->name)), "\" aria-labelledby=\"", id,
                        "-name\"><h2 id=\"", id, "-name\">", name, "</h2>", badge(state));
  if (shown.verdict) {
    out += cat("<p class=\"why\">", escaped(why(gate, *shown.verdict)), "</p>",
               countdown(gate, *shown.verdict), notes(gate, *shown.verdict));
  } else {
    out += cat("<p class=\"why\">This stage cannot be judged: ",
               escaped(shown.verdict.error().message), "</p>");
  }
  out += facts(gate, shown.verdict) + coming(shown, at, id);
  return out + cat("<p class=\"links\"><a href=\"v1/calendar.ics?stage=", query, "\">Calendar of ",
                   name, " (.ics)</a> <a href=\"v1/status?stage=", query, "\">Status of ", name,
                   " (JSON)</a></p></article>");
}

std::string head(const Board& board, const std::string& nonce) {
  const std::string title = title_of(board);
  // The tab's icon, %23 being a '#'.
  const std::string_view colour = title == "Promotions allowed" ? "%231a7f4b" : "%23b3261e";
  return cat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\">"
      // With JavaScript, live.js fetches the next state, and tries again when it gets none.
      "<noscript><meta http-equiv=\"refresh\" content=\"60\"></noscript><title>",
      title,
      " · market hours</title><link rel=\"icon\" href=\"data:image/svg+xml,"
      "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' "
      "cy='8' r='7' fill='",
      colour, "'/%3E%3C/svg%3E\"><style nonce=\"", nonce, "\">", html::base_style(),
      file("page.css"), "</style></head>");
}

std::string header(const Board& board) {
  const auto& zone = board.stages.front().stage->gate.calendar().zone();
  std::string out =
      cat("<header><h1>Market-hours gate</h1><p class=\"asof\">as of <time datetime=\"",
          time::rfc3339(board.at), "\">", escaped(time::show_day_and_time(board.at, zone)),
          "</time></p></header>");
  if (board.simulated) {
    out += cat("<p class=\"simulated\" role=\"status\">Simulated clock: this page shows ",
               escaped(time::show_day_and_time(board.at, zone)), ", not the present.</p>");
  }
  return out;
}

// Shown by live.js when the gate does not answer.
std::string lost(const Board& board) {
  const auto& zone = board.stages.front().stage->gate.calendar().zone();
  return cat(
      "<div class=\"lost\" hidden data-title=\"Gate not reachable · market hours\" "
      "data-badge=\"Not known: take it as blocked\"><p role=\"alert\">The gate is not reachable. "
      "Below stands what "
      "it said at ",
      escaped(time::show_day_and_time(board.at, zone)),
      ". Until it answers again, take every promotion as blocked.</p><p>Not reachable for <span "
      "class=\"since\"></span>, asking again.</p></div>");
}

std::string legend() {
  return R"(<p class="legend"><span><i class="swatch allowed"></i>allowed</span>)"
         R"(<span><i class="swatch blocked"></i>blocked</span>)"
         R"(<span><i class="swatch freeze"></i>freeze</span>)"
         R"(<span><i class="swatch now"></i>now</span></p>)";
}

std::string footer() {
  return cat("<footer><p>market-hours-check ", kVersion, " · tz data ", time::zone_data_version(),
             " · an allow ends when the market opens</p></footer>");
}

}  // namespace

std::string page_html(const Board& board, const std::string& nonce) {
  std::string out = head(board, nonce);
  out += cat("<body>", header(board), lost(board), waiting_html(board.waiting, board.at),
             timeline_patterns(), "<main>");
  std::size_t number = 0;
  for (const BoardStage& shown : board.stages) out += card(shown, board.at, ++number);
  out += cat("</main>", legend(), footer(), "<script nonce=\"", nonce, "\">", html::live_script(),
             "</script></body></html>\n");
  return out;
}

}  // namespace stagegate::market_hours
