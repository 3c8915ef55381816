#include <cstdio>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/report/dora.hpp"

namespace stagegate::audit_writer {
namespace {

using std::chrono::milliseconds;
using text::cat;
using text::Json;

// A period that is not over yet is as long as it has lasted.
double days_of(const Period& period, audit::Stamp now) {
  const auto until = std::clamp(now, period.from, period.until);
  return std::chrono::duration<double, std::ratio<86'400>>(until - period.from).count();
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> per_day(const DoraFigures& figures, const Period& period, audit::Stamp now) {
  const double days = days_of(period, now);
  if (days <= 0) return std::nullopt;
  return static_cast<double>(figures.deployments) / days;
}

std::string with_digits(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

Json number_or_null(std::optional<double> value) {
  return value ? Json(*value) : Json();
}

Json seconds_or_null(std::optional<milliseconds> length) {
  if (!length) return {};
  return std::chrono::duration<double>(*length).count();
}

Json lengths_json(const Lengths& lengths) {
  return Json()
      .set("n", std::uint64_t{lengths.count()})
      .set("median_seconds", seconds_or_null(lengths.median()))
      .set("p90_seconds", seconds_or_null(lengths.p90()))
      .set("n_too_small", lengths.too_small());
}

Json share_json(std::uint64_t part, std::uint64_t whole) {
  return Json()
      .set("n", whole)
      .set("count", part)
      .set("rate", number_or_null(share(part, whole)))
      .set("n_too_small", whole < kSmallestSample);
}

std::string spoken(std::optional<milliseconds> length) {
  if (!length) return "-";
  return text::spoken_duration(std::chrono::ceil<std::chrono::seconds>(*length));
}

Cell sample(std::uint64_t count) {
  const std::string n = std::to_string(count);
  if (count >= kSmallestSample) return n;
  return {n + ", n too small", Tone::warning};
}

std::string percentage(std::uint64_t part, std::uint64_t whole) {
  const auto of = share(part, whole);
  return of ? cat(with_digits(*of * 100, 1), " % (", part, " of ", whole, ")") : "-";
}

std::string frequency(const DoraFigures& figures, const Period& period, audit::Stamp now) {
  const auto daily = per_day(figures, period, now);
  if (!daily) return "-";
  return *daily >= 1 ? with_digits(*daily, 1) + " a day" : with_digits(*daily * 7, 1) + " a week";
}

Section definitions() {
  return {.heading = "How this is counted",
          .sentences = {
              "Deployment frequency: successful promotions to the stage that were no rollback.",
              "Change lead time: commit to deployment, by the oldest commit that was not live yet.",
              "Change fail rate: those that failed, were rolled back, or are named by a later fix.",
              "Recovery time: from a failure, or a deployment to be undone, to the next success.",
              "Rework rate: rollbacks and fixes, of all promotions that were finished.",
              "p90: nine of ten took no longer. Times are those of the log."}};
}

std::vector<std::string> remarks(const DoraFigures& figures) {
  std::vector<std::string> out;
  if (figures.without_commit_time > 0) {
    out.push_back(cat(figures.without_commit_time,
                      " deployments have no commit time: they are in no lead time."));
  }
  if (figures.unrecovered > 0) {
    out.push_back(cat(figures.unrecovered, " failures have had no success after them yet."));
  }
  if (figures.redacted > 0) {
    out.push_back(cat(figures.redacted,
                      " records of the log have been redacted; what they said is not counted."));
  }
  return out;
}

}  // namespace

Json dora_json(const DoraReader& reader, audit::Stamp now) {
  const DoraFigures figures = reader.figures();
  const auto& [period, stage, project] = reader.question();
  return Json()
      .set("report", "dora")
      .set("generated_at", audit::show(now))
      .set("period", period.name)
      .set("from", audit::show(period.from))
      .set("until", audit::show(period.until))
      .set("stage", stage)
      .set("project", project)
      .set("deployment_frequency",
           Json()
               .set("n", figures.deployments)
               .set("per_day", number_or_null(per_day(figures, period, now)))
               .set("n_too_small", figures.deployments < kSmallestSample))
      .set("change_lead_time",
           lengths_json(figures.lead_times).set("without_commit_time", figures.without_commit_time))
      .set("change_fail_rate", share_json(figures.failed, figures.attempts))
      .set("failed_deployment_recovery_time",
           lengths_json(figures.recovery_times).set("unrecovered", figures.unrecovered))
      .set("rework_rate", share_json(figures.reworks, figures.finished))
      .set("redacted_records", figures.redacted);
}

Document dora_document(const DoraReader& reader, const std::string& origin, audit::Stamp now) {
  const DoraFigures figures = reader.figures();
  const auto& [period, stage, project] = reader.question();
  const Lengths& leads = figures.lead_times;
  const Lengths& recoveries = figures.recovery_times;
  Document document;
  document.title = cat("Delivery figures, ", period.name);
  document.subtitle = cat(project.empty() ? "" : project + ", ", "stage ", stage, ", ",
                          audit::show(period.from), " to ", audit::show(period.until));
  document.facts = {
      {"Deployment frequency", frequency(figures, period, now)},
      {"Change lead time, median", spoken(leads.median())},
      {"Change fail rate", percentage(figures.failed, figures.attempts)},
      {"Recovery time, median", spoken(recoveries.median())},
      {"Rework rate", percentage(figures.reworks, figures.finished)},
  };
  document.sections.push_back(
      {.heading = "Figures",
       .sentences = remarks(figures),
       .head = {"Figure", "n", "Median or rate", "p90"},
       .rows = {
           {"Deployments", sample(figures.deployments), frequency(figures, period, now), "-"},
           {"Change lead time", sample(leads.count()), spoken(leads.median()), spoken(leads.p90())},
           {"Change fail rate", sample(figures.attempts),
            percentage(figures.failed, figures.attempts), "-"},
           {"Recovery time", sample(recoveries.count()), spoken(recoveries.median()),
            spoken(recoveries.p90())},
           {"Rework rate", sample(figures.finished), percentage(figures.reworks, figures.finished),
            "-"}}});
  document.sections.push_back(definitions());
  document.footer = {cat("Log ", origin, ", as of ", audit::show(now))};
  return document;
}

}  // namespace stagegate::audit_writer
