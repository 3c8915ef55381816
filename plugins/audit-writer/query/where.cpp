#include "plugins/audit-writer/query/where.hpp"

#include <algorithm>

#include "plugins/audit-writer/query/filter.hpp"

namespace stagegate::audit_writer {
namespace {

bool is_attempt(const Record& record) {
  static constexpr std::string_view kInVain[] = {"blocked", "rejected", "failed",
                                                 "errored", "aborted",  "discarded"};
  return record.text("type") == "promotion" && std::find(std::begin(kInVain), std::end(kInVain),
                                                         record.text("event")) != std::end(kInVain);
}

bool is_same_stay(const Stay& stay, const Record& promotion) {
  return stay.stage == promotion.text("target_stage") && !stay.replaced_by &&
         stay.promotion.text("image_tag") == promotion.text("image_tag");
}

// The first other deployment to the stage after the stay began.
Result<std::optional<Record>> find_end(const RecordSource& source, const Stay& stay) {
  std::optional<Record> end;
  auto visited = each_record_with(
      source, member_needle("target_stage", stay.stage), stay.promotion.seq + 1,
      [&](const Record& record) {
        if (!record.is("promotion", "succeeded") || record.text("target_stage") != stay.stage ||
            record.text("image_tag") == stay.promotion.text("image_tag")) {
          return audit::Next::go_on;
        }
        end = record;
        return audit::Next::stop;
      });
  if (!visited) return forward(visited.error());
  return end;
}

}  // namespace

Result<Whereabouts> find_tag(const RecordSource& source, const std::string& tag) {
  Whereabouts found;
  std::vector<Record> arrivals;
  auto visited =
      each_record_with(source, member_needle("image_tag", tag), 0, [&](const Record& record) {
        if (!names_tag(tag, record.text("image_tag"))) {
          return audit::Next::go_on;
        }
        if (record.is("promotion", "succeeded")) {
          arrivals.push_back(record);
        } else if (is_attempt(record)) {
          found.attempts.push_back(record);
        }
        return audit::Next::go_on;
      });
  if (!visited) return forward(visited.error());

  for (const auto& promotion : arrivals) {
    // Deployed again while it was there: the same stay, unless it had been replaced in between.
    const bool known = std::any_of(found.stays.begin(), found.stays.end(), [&](const Stay& stay) {
      return is_same_stay(stay, promotion) ||
             (stay.stage == promotion.text("target_stage") && stay.replaced_by &&
              stay.replaced_by->seq > promotion.seq &&
              stay.promotion.text("image_tag") == promotion.text("image_tag"));
    });
    if (known) continue;
    Stay stay{.stage = std::string(promotion.text("target_stage")),
              .promotion = promotion,
              .replaced_by = std::nullopt};
    auto end = find_end(source, stay);
    if (!end) return forward(end.error());
    stay.replaced_by = *std::move(end);
    found.stays.push_back(std::move(stay));
  }
  return found;
}

}  // namespace stagegate::audit_writer
