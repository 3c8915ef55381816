#include "plugins/market-hours-check/serve/release_page.hpp"

#include "embedded_stagegate_gate_serve.hpp"
#include "stagegate/version.hpp"

#include "common/html/html.hpp"
#include "common/text/duration.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/clearance/clearance.hpp"

namespace stagegate::market_hours {
namespace {

using html::escaped;
using text::cat;

std::string_view file(std::string_view name) {
  for (const auto& embedded : page_files::files()) {
    if (embedded.name == name) return embedded.bytes;
  }
  return {};
}

std::string fact(std::string_view label, std::string_view value) {
  if (value.empty()) return "";
  return cat("<div><dt>", label, "</dt><dd>", escaped(value), "</dd></div>");
}

std::string alert(std::string_view kind, std::string_view role, std::string_view words) {
  return cat("<p class=\"alert ", kind, "\" role=\"", role, "\">", escaped(words), "</p>");
}

std::string hidden(std::string_view name, std::string_view value) {
  return cat("<input type=\"hidden\" name=\"", name, "\" value=\"", escaped(value), "\">");
}

std::string field(std::string_view label, const std::string& control, std::string_view hint = {}) {
  return cat("<p class=\"field\"><label><span>", label, "</span>", control, "</label>",
             hint.empty() ? std::string() : cat("<small>", hint, "</small>"), "</p>");
}

std::string text_input(std::string_view name, std::string_view value, bool required) {
  return cat("<input name=\"", name, "\" value=\"", escaped(value), "\" maxlength=\"253\"",
             required ? " required" : "", ">");
}

// What is known is fixed; what is not has to be typed in.
std::string subject_fields(const ReleaseView& view) {
  const ReleaseRequest& request = view.request;
  std::string out = hidden("stage", request.stage) + hidden("form_token", view.form_token) +
                    hidden("request_id", html::fresh_nonce());
  if (view.known) {
    return out + hidden("project", request.project) + hidden("promotion", request.promotion) +
           hidden("image_tag", request.image_tag);
  }
  return out + field("Project", text_input("project", request.project, false)) +
         field("Promotion", text_input("promotion", request.promotion, false)) +
         field("Image tag", text_input("image_tag", request.image_tag, true));
}

std::string token_field(const ReleaseView& view) {
  if (!view.takes_token) return "";
  return field(
      "Your bearer token",
      R"(<input name="token" type="password" autocomplete="off" spellcheck="false" required>)",
      "Says who you are. It is used once and kept nowhere.");
}

std::string confirmation(std::string_view words) {
  return cat(
      R"(<p class="confirm"><label><input type="checkbox" name="confirm" value="yes" required> )",
      words, "</label></p>");
}

std::string dialog(std::string_view title, std::string_view consequence, const ReleaseView& view) {
  return cat("<dialog aria-labelledby=\"", title == "Break the glass?" ? "ask-glass" : "ask-word",
             "\"><h2 id=\"", title == "Break the glass?" ? "ask-glass" : "ask-word", "\">", title,
             "</h2><p>", consequence, "</p><dl>", fact("Stage", view.request.stage),
             fact("Promotion", view.request.promotion), fact("Image tag", view.request.image_tag),
             "</dl><p class=\"quoted\"></p><p class=\"buttons\"><button type=\"button\" "
             "class=\"yes\">Yes</button> <button type=\"button\" class=\"no\">Cancel</button></p>"
             "</dialog>");
}

std::string note_area(std::string_view name, const std::string& value, int least) {
  return cat("<textarea name=\"", name, "\" rows=\"3\" maxlength=\"8000\" minlength=\"", least,
             "\" required>", escaped(value), "</textarea>");
}

std::string break_glass_form(const ReleaseView& view) {
  constexpr std::string_view kConsequence =
      "This lets one promotion through although the gate blocks it. Your name and what you wrote "
      "are recorded for good.";
  return cat("<article class=\"card blocked\" aria-labelledby=\"glass\"><h2 id=\"glass\">",
             html::symbol(html::Symbol::glass), "Break the glass</h2><p>", kConsequence,
             "</p><form method=\"post\" action=\"", view.root,
             "v1/break-glass\" data-note=\"justification\">", subject_fields(view),
             field("Why it cannot wait",
                   note_area("justification", view.request.note,
                             static_cast<int>(audit::kShortestJustification)),
                   "At least 10 characters."),
             field("Incident or ticket", "<input name=\"incident_ref\" maxlength=\"500\" value=\"" +
                                             escaped(view.request.incident_ref) + "\">"),
             field("Holds for", R"(<select name="expires"><option value="15m">15 minutes</option>)"
                                R"(<option value="1h" selected>1 hour</option>)"
                                R"(<option value="4h">4 hours</option></select>)"),
             token_field(view), confirmation("Let this promotion through now."),
             "<p><button class=\"danger\">Break the glass</button></p></form>",
             dialog("Break the glass?", kConsequence, view), "</article>");
}

std::string approval_form(const ReleaseView& view) {
  return cat(
      "<article class=\"card unknown\" aria-labelledby=\"word\"><h2 id=\"word\">",
      "Approve or reject</h2><p>Promotions to ", escaped(view.request.stage),
      " need somebody's word. The last one counts.</p>"
      "<form method=\"post\" action=\"",
      view.root, "v1/approvals\" data-note=\"note\">", subject_fields(view),
      field("Note", note_area("note", view.request.note, 1), "Why it may go there, or why not."),
      token_field(view), confirmation("This is my word."),
      "<p><button name=\"decision\" value=\"approve\">Approve</button> "
      "<button name=\"decision\" value=\"reject\" class=\"danger\">Reject</button></p>"
      "</form>",
      dialog("Is this your word?", "Your name and your note are recorded for good.", view),
      "</article>");
}

std::string grant_row(const audit::GrantState& state, audit::Stamp now) {
  const auto& grant = state.grant;
  std::string what = cat("holds until ", audit::show(grant.expires_at));
  if (state.revoked) {
    what = cat("revoked, record ", *state.revoked);
  } else if (state.use) {
    what = cat("used by ", state.use->consumer, ", record ", state.use->seq);
  } else if (now >= grant.expires_at) {
    what = cat("expired at ", audit::show(grant.expires_at));
  }
  return cat("<tr><th scope=\"row\">break-glass, record ", grant.seq, "</th><td>",
             escaped(grant.granter.name), "</td><td>", escaped(what), "</td></tr>");
}

std::string approval_row(const ReleaseView& view) {
  if (!view.approval) {
    return cat("<tr><th scope=\"row\">approval</th><td colspan=\"2\">",
               escaped(view.approval.error().message), "</td></tr>");
  }
  if (!*view.approval) return "";
  const auto& word = **view.approval;
  return cat("<tr><th scope=\"row\">approved, record ", word.seq, "</th><td>",
             escaped(word.approver.name), "</td><td>", escaped(word.note), "</td></tr>");
}

std::string log_section(const ReleaseView& view) {
  if (!view.log_trouble.empty()) {
    return alert("bad", "status", cat("The audit log cannot be read: ", view.log_trouble));
  }
  std::string rows = approval_row(view);
  for (const auto& state : view.grants) rows += grant_row(state, audit::Stamp(view.at));
  if (rows.empty()) return "";
  return cat(
      "<table><caption>What the audit log says</caption><thead><tr><th scope=\"col\">What"
      "</th><th scope=\"col\">Who</th><th scope=\"col\">State</th></tr></thead><tbody>",
      rows, "</tbody></table>");
}

std::string zone_time(const ReleaseView& view, time::Instant at) {
  return time::show_day_and_time(at, view.stage->gate.calendar().zone());
}

std::string state_of(const ReleaseView& view) {
  if (!view.verdict) {
    return alert("bad", "status",
                 cat("This stage cannot be judged: ", view.verdict.error().message));
  }
  const bool allowed = view.known ? view.known->decision == Decision::allow : view.verdict->allowed;
  const std::string words =
      view.known ? view.known->message : headline(view.stage->gate, *view.verdict);
  return alert(allowed ? "good" : "bad", "status", words);
}

std::string facts(const ReleaseView& view) {
  std::string out =
      cat("<dl>", fact("Project", view.request.project), fact("Stage", view.request.stage),
          fact("Image tag", view.request.image_tag));
  if (view.known) {
    out += cat(fact("Freight", view.known->asked.freight),
               fact("Asked for by", view.known->asked.actor),
               fact("Waiting since", zone_time(view, view.known->first_asked_at)),
               fact("Last asked", zone_time(view, view.known->last_asked_at)));
  }
  return out + "</dl>";
}

std::string forms(const ReleaseView& view) {
  if (!view.closed.empty()) return alert("odd", "status", view.closed);
  std::string out;
  const bool may_break = view.verdict && !view.verdict->allowed && view.verdict->break_glass;
  if (may_break) out += break_glass_form(view);
  if (view.needs_approval) out += approval_form(view);
  return out;
}

std::string body(const ReleaseView& view) {
  const std::string& name = view.request.promotion;
  std::string out =
      cat("<header><h1>", name.empty() ? "A promotion to " : "Promotion ",
          escaped(name.empty() ? view.request.stage : name), "</h1><p class=\"asof\"><a href=\"./",
          view.root, "\">All stages</a></p></header><main>");
  if (view.stage == nullptr) {
    return out + alert("bad", "alert", "There is no such stage.") + "</main>";
  }
  if (!view.trouble.empty()) out += alert("bad", "alert", view.trouble);
  if (view.done) {
    out += alert("good", "status",
                 "Recorded. It counts when the promotion asks next, within half a minute.");
  }
  out += cat("<section class=\"state\">", state_of(view), facts(view), log_section(view),
             "</section>");
  return out + forms(view) + "</main>";
}

}  // namespace

std::string release_page_html(const ReleaseView& view, const std::string& nonce) {
  return cat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>",
      escaped(view.request.promotion.empty() ? view.request.stage : view.request.promotion),
      " · market-hours gate</title><link rel=\"icon\" href=\"data:,\"><style nonce=\"", nonce,
      "\">", html::base_style(), file("release.css"), "</style></head><body>", body(view),
      "<footer><p>market-hours-check ", kVersion, "</p></footer><script nonce=\"", nonce, "\">",
      file("release.js"), "</script></body></html>\n");
}

std::string release_link(const std::string& project, const std::string& stage,
                         const std::string& promotion, const std::string& image_tag) {
  return cat("promotion?project=", text::percent_encode(project),
             "&stage=", text::percent_encode(stage), "&promotion=", text::percent_encode(promotion),
             "&image_tag=", text::percent_encode(image_tag));
}

std::string waiting_html(const std::vector<Known>& waiting, time::Instant at) {
  if (waiting.empty()) return "";
  std::string items;
  for (const Known& known : waiting) {
    const Question& asked = known.asked;
    items +=
        cat("<li><p><a href=\"",
            escaped(release_link(asked.project, asked.stage, asked.promotion, asked.image_tag)),
            "\">", escaped(asked.promotion), "</a> to ", escaped(asked.stage));
    if (!asked.image_tag.empty()) items += cat(", image tag ", escaped(asked.image_tag));
    items += cat(", for ", text::spoken_duration(at - known.first_asked_at), "</p><p>",
                 escaped(known.message), "</p></li>");
  }
  return cat(
      "<section class=\"waiting\" aria-labelledby=\"waiting\"><h2 id=\"waiting\">Waiting "
      "promotions</h2><ul>",
      items, "</ul></section>");
}

}  // namespace stagegate::market_hours
