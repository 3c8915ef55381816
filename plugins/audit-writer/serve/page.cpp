#include "plugins/audit-writer/serve/page.hpp"

#include "embedded_stagegate_audit_serve.hpp"
#include "stagegate/version.hpp"

#include "common/html/html.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using html::escaped;
using text::cat;

bool is_faulty(const Page& page) {
  return page.inspections.last && !page.inspections.last->faultless();
}

// What a glance at the browser's tabs should tell.
std::string title_of(const Page& page) {
  if (is_faulty(page)) return "LOG NOT VERIFIED";
  if (page.look.stale(page.now)) return "Log not readable";
  std::size_t open = 0;
  for (const auto& grant : page.look.grants) open += grant.open_review() ? 1 : 0;
  if (open > 0) return cat("Promotions, ", open, open == 1 ? " open review" : " open reviews");
  return "Promotions";
}

std::string head(const Page& page, const std::string& nonce) {
  const bool well = !is_faulty(page) && !page.look.stale(page.now);
  return cat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\">"
      "<noscript><meta http-equiv=\"refresh\" content=\"60\"></noscript><title>",
      title_of(page), " · ", escaped(page.origin),
      "</title><link rel=\"icon\" href=\"data:image/svg+xml,"
      "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 1h10v14H3z' "
      "fill='",
      well ? "%231b5cab" : "%23b3261e", "'/%3E%3C/svg%3E\"><style nonce=\"", nonce, "\">",
      html::base_style(), page_files::files().front().bytes, "</style></head>");
}

std::string banner(std::string_view text) {
  return cat("<p class=\"banner\" role=\"alert\">", html::symbol(html::Symbol::warning), " ",
             escaped(text), "</p>");
}

std::string banners(const Page& page) {
  std::string out;
  if (is_faulty(page)) {
    const auto& report = page.inspections.last->report;
    out += banner(report ? cat("The log is not faultless: ", report->faults,
                               " faults. Do not trust this page; run audit-writer verify.")
                         : cat("The log could not be verified: ", report.error().message));
  }
  if (page.look.stale(page.now)) {
    out += banner(cat("The log cannot be read",
                      page.look.read_at ? cat(" since ", audit::show(*page.look.read_at),
                                              "; what stands here may be old")
                                        : std::string(),
                      page.look.failure.empty() ? "." : ": ", page.look.failure));
  }
  return out;
}

std::string counted_records(std::uint64_t count) {
  return cat(count, count == 1 ? " record" : " records");
}

std::string header(const Page& page) {
  return cat("<header><h1>Promotions</h1><p class=\"asof\">", escaped(page.origin), ", ",
             counted_records(page.look.size()), ", as of ", time_element(audit::show(page.now)),
             "</p></header>", banners(page));
}

// Shown by live.js when the service does not answer.
std::string lost(const Page& page) {
  return cat("<div class=\"lost\" hidden data-title=\"Not reachable · ", escaped(page.origin),
             "\" data-badge=\"Not known: take it as blocked\"><p role=\"alert\">The service is not "
             "reachable. Below stands what was so at ",
             time_element(audit::show(page.now)),
             ".</p><p>Not reachable for <span class=\"since\"></span>, asking again.</p></div>");
}

std::string verification(const Page& page) {
  const auto& last = page.inspections.last;
  if (!last) return "The log is being verified.";
  std::string out;
  if (last->faultless()) {
    out = cat(html::symbol(html::Symbol::tick), "<strong>The log is verified</strong> (",
              last->full ? "in full" : "quickly", ") ", ago(last->at, page.now), ": ",
              counted_records(last->report->records));
  } else {
    out = cat(html::symbol(html::Symbol::cross), "<strong>The log is NOT verified</strong> (",
              ago(last->at, page.now), ")");
  }
  const auto& full = page.inspections.last_full;
  out += full ? cat("; last verified in full ", time_element(audit::show(*full)))
              : std::string("; not yet verified in full");
  return out + ".";
}

std::string footer(const Page& page) {
  const bool gate_asked = page.gates.empty() || page.gates.front().state != GateState::not_asked;
  return cat("<footer><p class=\"verified ",
             page.inspections.last && page.inspections.last->faultless() ? "good" : "odd", "\">",
             verification(page), "</p><p>",
             page.key_pinned ? "Compared with the key that this service was given."
                             : "The key was found beside the log: set audit_vkey.",
             " <a href=\"v1/checkpoint\">Signed checkpoint</a></p><p>",
             gate_asked ? "" : "No gate is asked whether promotions are allowed: set gate_url. ",
             "audit-writer ", kVersion, "</p></footer>");
}

}  // namespace

std::string time_element(std::string_view ts) {
  const auto at = audit::parse_stamp(ts);
  if (!at) return escaped(ts);
  const std::string text = audit::show(*at);
  return cat("<time datetime=\"", text, "\">", text.substr(0, 10), " ", text.substr(11, 8),
             " UTC</time>");
}

std::string ago(audit::Stamp then, audit::Stamp now) {
  const auto passed = std::chrono::floor<std::chrono::seconds>(now - then);
  if (passed.count() <= 0) return "just now";
  return text::spoken_duration(passed) + " ago";
}

std::string glass_mark(std::string_view words) {
  return cat("<span class=\"glass\">", html::symbol(html::Symbol::glass), escaped(words),
             "</span>");
}

std::string page_html(const Page& page, const std::string& nonce) {
  return cat(head(page, nonce), "<body>", header(page), lost(page), "<main>", stage_cards(page),
             grants_section(page), history_section(page), "</main>", footer(page),
             "<script nonce=\"", nonce, "\">", html::live_script(), "</script></body></html>\n");
}

}  // namespace stagegate::audit_writer
