// Where a tag has been, and what differs.
#include "plugins/audit-writer/query/where.hpp"

#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/diff.hpp"
#include "plugins/audit-writer/query/table.hpp"
#include "plugins/audit-writer/query/when.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

std::string without_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string text_of(const Whereabouts& found, const std::string& tag) {
  if (found.stays.empty() && found.attempts.empty()) {
    return cat(text::quoted(tag), " is in no promotion");
  }
  text::Table table({"stage", "from", "until", "tag", "by", "record"});
  for (const auto& stay : found.stays) {
    const Row row = row_of(stay.promotion);
    table.row({row[4], row[1], stay.replaced_by ? row_of(*stay.replaced_by)[1] : "now", row[5],
               row[6], row[0]});
  }
  for (const auto& attempt : found.attempts) {
    const Row row = row_of(attempt);
    table.row({row[4], row[1], cat("- (", row[2], ")"), row[5], row[6], row[0]});
  }
  return without_end(table.text());
}

Json json_of(const Stay& stay) {
  Json json;
  json.set("stage", stay.stage)
      .set("image_tag", stay.promotion.text("image_tag"))
      .set("from", stay.promotion.text("ts"))
      .set("seq", stay.promotion.seq)
      .set("by", stay.promotion.actor("operator"))
      .set("until", stay.replaced_by ? Json(stay.replaced_by->text("ts")) : Json())
      .set("replaced_by", stay.replaced_by ? Json(stay.replaced_by->text("image_tag")) : Json());
  return json;
}

// ---- diff ----

struct Sides {
  std::vector<Difference> differences;
  std::string kind;
};

Result<StageState> stage_of(const RecordSource& source, const std::string& name) {
  auto states = read_stages(source, std::nullopt, name);
  if (!states) return forward(states.error());
  if (states->empty() || !states->front().promotion) {
    return usage(cat("nothing has been deployed to ", text::quoted(name),
                     "; diff takes two stages, or two times (2026-11-24T12:00:00Z, 7d)"));
  }
  return std::move(states->front());
}

Result<Sides> sides_of(const RecordSource& source, const std::string& left,
                       const std::string& right) {
  if (is_when(left) != is_when(right)) {
    return usage(cat(text::quoted(left), " and ", text::quoted(right),
                     " cannot be compared: give two stages, or two times"));
  }
  if (!is_when(left)) {
    const auto one = stage_of(source, left);
    if (!one) return forward(one.error());
    const auto other = stage_of(source, right);
    if (!other) return forward(other.error());
    return Sides{diff_stages(*one, *other), "stages"};
  }
  const auto one = read_stages(source, parse_when(left, now()).value());
  if (!one) return forward(one.error());
  const auto other = read_stages(source, parse_when(right, now()).value());
  if (!other) return forward(other.error());
  return Sides{diff_moments(*one, *other), "times"};
}

}  // namespace

step::Outcome where(const Options& options, const step::Run& /*run*/) {
  if (options.tag.text.empty()) {
    return step::outcome_of({Failure::Kind::usage, "tag is required: audit-writer where TAG"});
  }
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto found = find_tag(reading->source(), options.tag.text);
  if (!found) return step::outcome_of(found.error());
  step::Outcome outcome{.text = text_of(*found, options.tag.text)};
  Json::Array stays;
  for (const auto& stay : found->stays) stays.push_back(json_of(stay));
  Json::Array attempts;
  for (const auto& attempt : found->attempts) attempts.push_back(attempt.json);
  outcome.json.set("tag", options.tag.text)
      .set("stays", std::move(stays))
      .set("attempts", std::move(attempts));
  if (found->stays.empty() && found->attempts.empty()) outcome.exit = step::Exit::no;
  return outcome;
}

step::Outcome diff(const Options& options, const step::Run& /*run*/) {
  const auto& [left, right] = std::pair(options.query.left, options.query.right);
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto sides = sides_of(reading->source(), left, right);
  if (!sides) return step::outcome_of(sides.error());
  step::Outcome outcome;
  text::Table table({"", text::harmless(left), text::harmless(right)});
  Json::Array list;
  for (const auto& difference : sides->differences) {
    table.row({text::harmless(difference.what), text::harmless(difference.left),
               text::harmless(difference.right)});
    list.push_back(Json()
                       .set("what", difference.what)
                       .set("left", difference.left)
                       .set("right", difference.right));
  }
  outcome.json.set("compared", sides->kind)
      .set("left", left)
      .set("right", right)
      .set("differences", std::move(list));
  outcome.text = sides->differences.empty() ? "no difference" : without_end(table.text());
  if (!sides->differences.empty()) outcome.exit = step::Exit::no;
  return outcome;
}

}  // namespace stagegate::audit_writer
