#include "plugins/market-hours-check/verbs/passage.hpp"

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// Everything that would fail only when it matters is said before anything is asked.
Result<> check_log_settings(const Options& options) {
  if (options.log.audit_log.empty()) {
    if (options.approval_stages.empty()) return {};
    return usage("approval_stages: approvals are in the audit log: set audit_log and audit_key");
  }
  if (options.log.audit_key.empty()) {
    return usage(
        "audit_key: the gate writes down what it decides, and needs the log's signing key for it");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Clearing>> open_clearing(const Options& options) {
  if (auto fine = check_log_settings(options); !fine) return forward(fine.error());
  ClearanceRules rules{.approval_stages = options.approval_stages,
                       .require_second_person = options.require_second_person};
  std::shared_ptr<Books> books;
  if (!options.log.audit_log.empty()) {
    books = std::make_shared<Books>(
        options.log, audit::GrantRules{.require_second_person = options.require_second_person},
        [] { return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); });
  }
  return std::make_unique<Clearing>(std::move(rules), std::move(books));
}

audit::Passage passage_of(const Options& options) {
  audit::Passage passage;
  passage.gate = kGateName;
  passage.project = options.project;
  passage.target_stage = options.stage;
  passage.image_tag = options.image_tag.text;
  passage.promotion = options.promotion;
  passage.consumer = options.promotion;
  passage.promoter = options.actor;
  const bool pipeline = !options.repo.empty() && !options.pipeline.empty();
  if (passage.consumer.empty() && pipeline) {
    passage.consumer = cat(options.repo, "#", options.pipeline);
  }
  return passage;
}

}  // namespace stagegate::market_hours
