#include "common/html/html.hpp"
#include "common/text/duration.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/serve/page.hpp"

namespace stagegate::audit_writer {
namespace {

using html::escaped;
using text::cat;

struct Badge {
  std::string_view tone;
  html::Symbol symbol;
  std::string_view words;
};

Badge badge_of(GateState state) {
  switch (state) {
    case GateState::allowed:
      return {"allowed", html::Symbol::tick, "Promotions allowed"};
    case GateState::blocked:
      return {"blocked", html::Symbol::cross, "Promotions blocked"};
    case GateState::unknown:
      break;
    case GateState::not_gated:
      return {"plain", html::Symbol::tick, "Not gated"};
    case GateState::not_asked:
      return {"plain", html::Symbol::question, ""};
  }
  return {"unknown", html::Symbol::question, "Gate unknown: count as blocked"};
}

std::string countdown(const GateWord& gate) {
  if (!gate.changes_in) return "";
  return cat("<p class=\"until\"><span class=\"clock\" role=\"timer\" data-left=\"",
             gate.changes_in->count(), "\">", escaped(text::spoken_duration(*gate.changes_in)),
             "</span> until promotions are ",
             gate.state == GateState::allowed ? "blocked" : "allowed", ": ",
             time_element(gate.changes_at), "</p>");
}

// The gate's headline without its first word, which the badge has said already.
std::string_view why(const GateWord& gate) {
  std::string_view message = gate.message;
  for (const std::string_view word : {"blocked: ", "allowed: "}) {
    if (message.starts_with(word)) message.remove_prefix(word.size());
  }
  return message;
}

std::string gate_part(const GateWord& gate) {
  if (gate.state == GateState::not_asked) return "";
  const Badge badge = badge_of(gate.state);
  std::string out = cat("<p class=\"badge\">", html::symbol(badge.symbol), "<strong>", badge.words,
                        "</strong></p>");
  if (!gate.message.empty()) out += cat("<p class=\"why\">", escaped(why(gate)), "</p>");
  return out + countdown(gate);
}

std::string person(const Moment& moment) {
  if (moment.operator_name.empty()) return "nobody named";
  return cat("<bdi>", escaped(moment.operator_name), "</bdi>",
             moment.verified ? "" : " <span class=\"muted\">(unverified)</span>");
}

std::string fact(std::string_view label, const std::string& html) {
  return cat("<div><dt>", label, "</dt><dd>", html, "</dd></div>");
}

std::string running(const StageNow& stage, audit::Stamp now) {
  if (!stage.current) return "<p class=\"tag none\">Nothing has been deployed.</p>";
  const Moment& moment = *stage.current;
  const auto since = audit::parse_stamp(moment.ts);
  std::string out = cat("<p class=\"tag\"><code>", escaped(moment.image_tag), "</code>");
  if (moment.rollback) out += " <span class=\"mark\">rollback</span>";
  if (moment.break_glass) out += " " + glass_mark();
  out += "</p><dl>";
  out += fact("Since", cat(time_element(moment.ts),
                           since ? cat(" (", ago(*since, now), ")") : std::string()));
  out += fact("By", person(moment));
  if (!moment.source_stage.empty()) out += fact("From", escaped(moment.source_stage));
  return out + "</dl>";
}

std::string latest(const StageNow& stage) {
  if (!stage.latest) return "";
  const Moment& moment = *stage.latest;
  return cat("<p class=\"latest\">Latest: <strong>", escaped(moment.event), "</strong> ",
             moment.image_tag.empty() ? "" : cat("<code>", escaped(moment.image_tag), "</code> "),
             "by ", person(moment), ", ", time_element(moment.ts),
             moment.break_glass ? " " + glass_mark() : "",
             moment.reason.empty() ? "" : ": " + escaped(moment.reason), "</p>");
}

std::string card(const StageNow& stage, const GateWord& gate, audit::Stamp now,
                 std::size_t number) {
  const std::string name = escaped(stage.name);
  std::string out = cat("<article class=\"card ", badge_of(gate.state).tone, "\" id=\"",
                        escaped(html::anchor_of(stage.name)), "\" aria-labelledby=\"stage", number,
                        "-name\"><h2 id=\"stage", number, "-name\">", name, "</h2>");
  if (!stage.enabled) {
    out += cat("<p class=\"disabled\">", html::symbol(html::Symbol::warning),
               "Disabled: promotions leave it out</p>");
  }
  out += running(stage, now) + gate_part(gate) + latest(stage);
  return cat(out, "<p class=\"links\"><a href=\"?stage=", text::percent_encode(stage.name),
             "#history\">History of ", name, "</a></p></article>");
}

std::string glass_row(const GrantNow& grant, audit::Stamp now) {
  const auto& [state] = grant;
  std::string use = "not used yet";
  if (state.use) {
    use =
        cat("used by <bdi>", escaped(state.use->consumer), "</bdi> ", time_element(state.use->at));
  } else {
    use += cat(", until ", time_element(audit::show(state.grant.expires_at)));
  }
  std::string review = state.use
                           ? cat("<strong>review open</strong>, granted ", ago(state.grant.at, now))
                           : std::string("open for use");
  return cat("<tr><td data-name=\"Grant\">", glass_mark(state.grant.id),
             "</td><td data-name=\"For\"><bdi>", escaped(state.grant.scope.target_stage),
             "</bdi> <code>", escaped(state.grant.scope.image_tag),
             "</code></td><td data-name=\"By\"><bdi>", escaped(state.grant.granter.name),
             "</bdi></td><td data-name=\"Justification\">", escaped(state.grant.justification),
             "</td><td data-name=\"Use\">", use, "</td><td data-name=\"State\">", review,
             "</td></tr>");
}

}  // namespace

std::string stage_cards(const Page& page) {
  std::string out = "<div class=\"stages\">";
  const auto& stages = page.look.stages;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    out += card(stages[i], page.gates.at(i), page.now, i + 1);
  }
  return out + "</div>";
}

std::string grants_section(const Page& page) {
  if (page.look.grants.empty()) return "";
  std::string out =
      "<section aria-labelledby=\"glass\"><h2 id=\"glass\">Break-glass that needs somebody's "
      "eyes</h2><table class=\"stacked\"><thead><tr><th scope=\"col\">Grant</th><th "
      "scope=\"col\">For</th>"
      "<th scope=\"col\">By</th><th scope=\"col\">Justification</th><th scope=\"col\">Use</th>"
      "<th scope=\"col\">State</th></tr></thead><tbody>";
  for (const auto& grant : page.look.grants) out += glass_row(grant, page.now);
  return out + "</tbody></table></section>";
}

}  // namespace stagegate::audit_writer
