#include "common/audit/verify/strict.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/audit/grant/grant.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/verify/lines.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;
using text::Json;

// Whether the scope's word and the record's are the same; a scope may leave it open.
bool agrees(const std::string& wanted, std::string_view given) {
  return wanted.empty() || wanted == given;
}

std::string misuse(const GrantState* state, const Json& record, const Json& use, Stamp now) {
  if (state == nullptr) return "there is no such grant before it";
  const Scope& scope = state->grant.scope;
  const Json* source = record.find("source");
  const std::string_view promotion = source == nullptr ? "" : source->text("promotion");
  if (state->revoked) return cat("it had been revoked (record ", *state->revoked, ")");
  if (state->use) {
    return cat("it had been used by ", text::quoted(state->use->consumer), " (record ",
               state->use->seq, ")");
  }
  if (now < state->grant.not_before)
    return cat("it held only from ", show(state->grant.not_before));
  if (now >= state->grant.expires_at)
    return cat("it had expired at ", show(state->grant.expires_at));
  if (scope.target_stage != record.text("target_stage") ||
      !agrees(scope.image_tag, record.text("image_tag")) ||
      !agrees(scope.project, record.text("project")) || !agrees(scope.promotion, promotion)) {
    return cat("it is for ", text::quoted(scope.image_tag), " to ",
               text::quoted(scope.target_stage), ", not for ",
               text::quoted(record.text("image_tag")), " to ",
               text::quoted(record.text("target_stage")));
  }
  return use.text("consumer").empty() ? "it does not say who used it" : "";
}

class Rules {
 public:
  explicit Rules(Findings& findings) : findings_(findings) {}

  void take(const RecordLine& line) {
    if (line.stub) return;
    auto record = text::parse_json(line.text);
    if (!record) {
      findings_.add(Finding::malformed, line.seq, line.where(), record.error().message);
      return;
    }
    if (auto fine = check_record(*record); !fine) {
      findings_.add(Finding::malformed, line.seq, line.where(), fine.error().message);
    }
    check_clock(line, *record);
    check_grant(line, *record);
    book_.take(line.seq, *record);
  }

 private:
  void check_clock(const RecordLine& line, const Json& record) {
    const auto stamp = parse_stamp(record.text("ts"));
    if (!stamp) return;  // malformed, and told so
    const Json* said = record.find("clock_behind_ms");
    const auto behind = said == nullptr ? std::optional<std::int64_t>(0) : said->integer();
    const auto wanted = last_ && *stamp < *last_ ? (*last_ - *stamp).count() : 0;
    if (last_ && behind != wanted) {
      findings_.add(Finding::clock, line.seq, line.where(),
                    cat("it was written at ", show(*stamp), ", the one before at ", show(*last_),
                        ": clock_behind_ms should be ", wanted, ", not ", behind.value_or(-1)));
    }
    last_ = *stamp;
    newest_ = newest_ ? std::max(*newest_, *stamp) : *stamp;
  }

  void check_grant(const RecordLine& line, const Json& record) {
    const Json* use = record.find("break_glass");
    if (record.text("type") != "break_glass" || use == nullptr) return;
    if (record.text("event") == "grant") check_lifetime(line, *use);
    if (record.text("event") != "consume") return;
    const auto& grants = book_.grants();
    const auto state = std::find_if(grants.rbegin(), grants.rend(), [&](const GrantState& known) {
      return known.grant.id == use->text("grant");
    });
    const std::string words =
        misuse(state == grants.rend() ? nullptr : &*state, record, *use, newest_.value_or(Stamp()));
    if (words.empty()) return;
    findings_.add(Finding::grant_misused, line.seq, line.where(),
                  cat("grant ", text::quoted(use->text("grant")), " was used by ",
                      text::quoted(use->text("consumer")), ", but ", words));
  }

  void check_lifetime(const RecordLine& line, const Json& grant) {
    const auto expires = parse_stamp(grant.text("expires_at"));
    if (!expires || !last_ || *expires <= *last_ + kLongestGrant) return;
    findings_.add(Finding::grant_misused, line.seq, line.where(),
                  cat("the grant holds until ", show(*expires), ", longer than any may"));
  }

  Findings& findings_;
  GrantBook book_;
  std::optional<Stamp> last_;
  std::optional<Stamp> newest_;
};

}  // namespace

Result<> check_records(const Layout& layout, std::uint64_t size, Findings& findings) {
  Rules rules(findings);
  return each_line(layout, size, [&](const RecordLine& line) { rules.take(line); });
}

}  // namespace stagegate::audit
