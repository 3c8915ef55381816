// The settings of every program that marks tested images, under the same names, and what it tells
// of having done so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/imageset/mark.hpp"
#include "common/settings/table.hpp"

namespace stagegate::imageset {

enum class OnConflict { fail, replace_unpublished };

struct MarkSettings {
  std::string verified_tag;
  std::string epoch;
  std::string anchor;
  OnConflict on_conflict = OnConflict::fail;
};
// `others_with_anchor`: verbs that take only the anchor.
void declare_mark_settings(settings::Table& table, MarkSettings& target,
                           const std::vector<std::string>& verbs,
                           const std::vector<std::string>& others_with_anchor = {});

// Without a deadline. Refused (usage): what verified_tag() and find_anchor() refuse, and an epoch
// that is no number.
Result<MarkPlan> mark_plan(const MarkSettings& settings, Lock lock,
                           std::string_view default_registry);

// "marked 14 images as verified-... (2 were already)"
std::string marked_words(const MarkPlan& plan, const Marking& marking);
text::Json marked_json(const MarkPlan& plan, const Marking& marking);

}  // namespace stagegate::imageset
