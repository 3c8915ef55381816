#include "plugins/audit-writer/watch/record.hpp"

#include "common/text/characters.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/event.hpp"
#include "plugins/audit-writer/watch/deed.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

Json source_of(const Fact& fact, const Surroundings& surroundings) {
  Json source;
  source.set("system", "kargo");
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) source.set(name, value);
  };
  set("event", fact.kargo_event);
  set("promotion", fact.promotion);
  set("freight", fact.freight);
  if (!surroundings.kargo_url.empty()) {
    const bool has_promotion = !fact.promotion.empty();
    source.set("url", cat(surroundings.kargo_url, "/project/", text::percent_encode(fact.project),
                          has_promotion ? "/promotion/" : "/freight/",
                          text::percent_encode(has_promotion ? fact.promotion : fact.freight)));
  }
  return source;
}

void set_result(Json& draft, const Fact& fact) {
  const auto usual = usual_outcome({"promotion", fact.event});
  draft.set("outcome", fact.outcome.empty() ? usual : std::string_view(fact.outcome));
  if (!fact.reason.empty()) {
    draft.set("reason", text::cut_at_character(fact.reason, audit::kLongestReason));
  }
  if (!fact.notes.empty() && fact.event != "approved") draft.set("notes", fact.notes);
  if (fact.duration) draft.set("duration_ms", std::int64_t{fact.duration->count()});
  if (fact.rollback) draft.set("rollback", true);
}

}  // namespace

audit::Draft draft_of(const Fact& fact, const Surroundings& surroundings, const Writer& writer) {
  const Freight& freight = surroundings.freight;
  Json draft;
  draft.set("idem", fact.key).set("type", "promotion").set("event", fact.event);
  draft.set("writer", json_of(writer));
  if (fact.at) draft.set("occurred_at", time::rfc3339(*fact.at));
  draft.set("operator", audit::json_of(actor_of(fact.by))).set("project", fact.project);
  draft.set("source_stage",
            surroundings.source_stage.empty() ? Json(nullptr) : Json(surroundings.source_stage));
  draft.set("target_stage", fact.stage);
  draft.set("image_tag", freight.tag.empty() ? "unknown" : freight.tag);
  if (!freight.images.empty()) draft.set("images", json_of(freight.images));
  if (!freight.commit.empty()) draft.set("commit", freight.commit);
  set_result(draft, fact);
  draft.set("source", source_of(fact, surroundings));
  if (!fact.created_by.empty()) draft.set("x", Json().set("x_created_by", fact.created_by));
  return audit::tidy(std::move(draft));
}

}  // namespace stagegate::audit_writer
