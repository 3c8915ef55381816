#include "plugins/argocd-sync/rollout/least_duration.hpp"

#include <algorithm>
#include <cstdint>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/rollout/arguments.hpp"
#include "plugins/argocd-sync/rollout/rollout.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"

namespace stagegate::argocd {

using std::chrono::seconds;
using text::cat;
using text::Json;

namespace {

constexpr seconds kLongest = std::chrono::years{10};
constexpr std::int64_t kMostMeasurements = 1'000'000;
constexpr int kDepth = 8;                   // templates within templates
constexpr std::size_t kMostTemplates = 50;  // of one analysis
constexpr std::size_t kMostNotes = 20;

class Estimate {
 public:
  explicit Estimate(const Templates& templates) : templates_(templates) {}

  LeastDuration of(const Json& rollout);

 private:
  seconds canary(const Json& canary);
  seconds blue_green(const Json& blue_green);
  seconds experiment(const Json& experiment);
  seconds analysis(const Json& analysis);
  seconds templates(const Json& list, const Arguments& arguments, int depth);
  seconds metric(const Json& metric, const Arguments& arguments);
  seconds length(const Json& written, const Arguments& arguments, std::string_view what);
  void note(std::string words);

  const Templates& templates_;
  std::size_t templates_seen_ = 0;
  LeastDuration least_;
};

void Estimate::note(std::string words) {
  auto& notes = least_.notes;
  if (notes.size() == kMostNotes || std::ranges::find(notes, words) != notes.end()) return;
  notes.push_back(std::move(words));
}

seconds Estimate::length(const Json& written, const Arguments& arguments, std::string_view what) {
  if (written.is_null()) return seconds(0);
  const Json known = with_arguments(written, arguments);
  const std::string text = known.string() == nullptr ? std::string("?") : *known.string();
  if (text.empty()) return seconds(0);
  const auto length = parse_go_duration(text);
  if (!length || *length < std::chrono::nanoseconds(0)) {
    note(cat("the ", what, " ", text::quoted(text), " is not counted"));
    return seconds(0);
  }
  return std::min(kLongest, std::chrono::duration_cast<seconds>(*length));
}

// The last measurement has no interval behind it. A row of successes may end it before its count.
seconds Estimate::metric(const Json& metric, const Arguments& arguments) {
  const auto number = [&](std::string_view name) {
    return whole_number(with_arguments(member(metric, {name}), arguments)).value_or(0);
  };
  const std::int64_t count = number("count");
  const std::int64_t row = number("consecutiveSuccessLimit");
  std::int64_t measurements = std::max<std::int64_t>(count, 1);
  if (row > 0) measurements = count > 0 ? std::min(count, row) : row;
  measurements = std::min(measurements, kMostMeasurements);
  const seconds interval = length(member(metric, {"interval"}), arguments, "interval");
  const seconds delay = length(member(metric, {"initialDelay"}), arguments, "initialDelay");
  // Ten years a million times still fit into 64 bits.
  return std::min(kLongest, delay + interval * (measurements - 1));
}

seconds Estimate::templates(const Json& list, const Arguments& arguments, int depth) {
  seconds longest{0};
  for (const Json& one : array_of(list)) {
    const std::string name = string_at(one, {"templateName"});
    if (depth == kDepth || ++templates_seen_ > kMostTemplates) {
      note("there are too many templates to count all");
      return longest;
    }
    const Json* found = templates_(name, is_true(member(one, {"clusterScope"})));
    if (found == nullptr) {
      note(cat("the analysis template ", text::quoted(name), " could not be read"));
      continue;
    }
    Arguments all = arguments;
    add_arguments(all, member(*found, {"spec", "args"}));
    for (const Json& each : array_of(member(*found, {"spec", "metrics"}))) {
      longest = std::max(longest, metric(each, all));
    }
    longest = std::max(longest, templates(member(*found, {"spec", "templates"}), all, depth + 1));
  }
  return longest;
}

seconds Estimate::analysis(const Json& analysis) {
  Arguments arguments;
  add_arguments(arguments, member(analysis, {"args"}));
  templates_seen_ = 0;
  return templates(member(analysis, {"templates"}), arguments, 0);
}

// One whose analyses must be complete ends with them, before its time.
seconds Estimate::experiment(const Json& experiment) {
  for (const Json& one : array_of(member(experiment, {"analyses"}))) {
    if (is_true(member(one, {"requiredForCompletion"}))) return seconds(0);
  }
  return length(member(experiment, {"duration"}), {}, "duration");
}

seconds Estimate::canary(const Json& canary) {
  seconds total{0};
  for (const Json& step : array_of(member(canary, {"steps"}))) {
    if (const Json* pause = step.find("pause")) {
      const auto length = pause_length_of(member(*pause, {"duration"}));
      if (!length) least_.pauses = true;
      total += length.value_or(seconds(0));
    }
    if (const Json* one = step.find("analysis")) total += analysis(*one);
    if (const Json* one = step.find("experiment")) total += experiment(*one);
    total = std::min(total, kLongest);
  }
  return total;
}

// The pause may run beside the analysis before the promotion, the other analysis comes after it.
seconds Estimate::blue_green(const Json& blue_green) {
  const Json& automatic = member(blue_green, {"autoPromotionEnabled"});
  seconds before{0};
  if (automatic.is_null() || is_true(automatic)) {
    before = pause_length_of(member(blue_green, {"autoPromotionSeconds"})).value_or(seconds(0));
  } else {
    least_.pauses = true;
  }
  before = std::max(before, analysis(member(blue_green, {"prePromotionAnalysis"})));
  return std::min(kLongest, before + analysis(member(blue_green, {"postPromotionAnalysis"})));
}

LeastDuration Estimate::of(const Json& rollout) {
  if (string_at(rollout, {"status", "stableRS"}).empty()) return {};
  const Json& strategy = member(rollout, {"spec", "strategy"});
  least_.length = member(strategy, {"blueGreen"}).object() != nullptr
                      ? blue_green(member(strategy, {"blueGreen"}))
                      : canary(member(strategy, {"canary"}));
  return std::move(least_);
}

}  // namespace

LeastDuration least_duration(const Json& rollout, const Templates& templates) {
  return Estimate(templates).of(rollout);
}

std::string too_short(std::chrono::milliseconds timeout, const LeastDuration& least,
                      std::string_view rollout_name) {
  if (timeout >= least.length) return {};
  return cat("the timeout of ", text::show_duration(timeout), " is shorter than the ",
             text::show_duration(least.length), " that the Rollout ", rollout_name,
             " needs at least for its pauses and analyses: set a longer timeout");
}

}  // namespace stagegate::argocd
