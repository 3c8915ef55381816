#include <utility>

#include "common/audit/settings.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/fs/file.hpp"
#include "common/settings/read.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::size_t kMostNotes = 1u << 20;
constexpr std::size_t kMostImages = 4u << 20;
constexpr std::size_t kMostEvidence = 256u << 20;

std::string word(OutcomeWord outcome) {
  static constexpr const char* kWords[] = {"success", "failure", "blocked", "aborted",
                                           "error",   "pending", "unknown"};
  return kWords[static_cast<std::size_t>(outcome)];
}

std::string word(System system) {
  static constexpr const char* kWords[] = {"woodpecker",    "kargo", "argocd", "argo-rollouts",
                                           "gitea-actions", "cli",   "other"};
  return kWords[static_cast<std::size_t>(system)];
}

// A setting's file that cannot be used is a setting that is wrong.
Result<std::string> setting_file(const char* setting, const std::string& path, std::size_t most) {
  auto bytes = fs::read_file(path, most);
  if (!bytes) return usage(cat(setting, ": ", bytes.error().message));
  return bytes;
}

// What the settings name but do not hold.
class Files {
 public:
  explicit Files(const Options& options) : options_(options) {}

  Result<> read(Statement& statement) {
    read_notes(statement);
    read_images(statement);
    read_evidence(statement);
    if (!faults_.empty()) return usage(text::join(faults_, "\n"));
    return {};
  }

 private:
  void read_notes(Statement& statement) {
    const auto& path = options_.record.notes_file;
    if (path.empty()) return;
    if (!statement.notes.empty()) {
      faults_.emplace_back("notes and notes_file are both given: use one");
      return;
    }
    if (auto notes = take(setting_file("notes_file", path, kMostNotes))) {
      statement.notes = text::trim(*notes);
    }
  }

  void read_images(Statement& statement) {
    if (auto images = take(parse_images(options_.record.images), "images")) {
      statement.images = *std::move(images);
    }
    const auto& path = options_.record.images_from;
    if (path.empty()) return;
    const auto content = take(setting_file("images_from", path, kMostImages));
    if (!content) return;
    const auto more = take(parse_image_file(*content), cat("images_from: ", path));
    if (more) statement.images.insert(statement.images.end(), more->begin(), more->end());
  }

  void read_evidence(Statement& statement) {
    const auto& path = options_.record.evidence;
    if (path.empty()) return;
    if (const auto bytes = take(setting_file("evidence", path, kMostEvidence))) {
      statement.gate.evidence_sha256 = crypto::hex(crypto::sha256(*bytes));
    }
  }

  template <class T>
  std::optional<T> take(Result<T> result, const std::string& where = {}) {
    if (result) return *std::move(result);
    faults_.push_back(where.empty() ? result.error().message
                                    : cat(where, ": ", result.error().message));
    return std::nullopt;
  }

  const Options& options_;
  std::vector<std::string> faults_;
};

Statement statement_of(const Options& options, const settings::Environment& environment) {
  const RecordOptions& r = options.record;
  Statement s;
  s.event = r.event;
  s.type = options.type;
  s.operated_by = {options.operator_name, options.operator_kind};
  s.approved_by = {r.approver, std::nullopt};
  s.project = options.project;
  if (const auto name = environment.find("CI_REPO_NAME");
      s.project.empty() && name != environment.end()) {
    s.project = text::trim(name->second);
  }
  s.source_stage = r.source_stage;
  s.target_stage = r.target_stage;
  s.image_tag = r.image_tag.text;
  s.previous_tag = r.previous_tag.text;
  s.commit = r.commit;
  s.commit_time = r.commit_time;
  s.notes = options.notes;
  if (r.outcome) s.outcome = word(*r.outcome);
  s.reason = options.reason;
  s.occurred_at = r.occurred_at;
  s.duration = r.duration;
  s.rollback = r.rollback;
  s.fixes = r.fixes;
  s.change_ref = r.change_ref;
  s.gate = {.name = options.gate,
            .evaluated_at = r.gate_evaluated_at,
            .next_change_at = r.gate_next_change_at,
            .evidence_sha256 = {},
            .evidence_url = r.evidence_url,
            .counts = r.counts};
  if (r.system) s.system = word(*r.system);
  s.promotion = options.promotion;
  s.freight = r.freight;
  s.application = r.application;
  s.url = r.url;
  s.anchor = r.anchor;
  s.extra = r.extra;
  s.idempotency_key = r.idempotency_key;
  return s;
}

// Whoever runs it by hand has to give what a pipeline gives by itself.
Failure with_advice(Failure failure) {
  if (failure.message.find("is missing") != std::string::npos) {
    failure.message +=
        "\n(each is a setting of that name, --target-stage or PLUGIN_TARGET_STAGE; in a pipeline "
        "most come from the CI)";
  }
  return failure;
}

}  // namespace

step::Outcome append(const Options& options, const step::Run& run) {
  const auto environment = settings::process_environment();
  Statement statement = statement_of(options, environment);
  if (const auto read = Files(options).read(statement); !read) {
    return step::outcome_of(read.error());
  }
  const auto draft = draft_of(statement, read_pipeline(environment), this_writer(), fresh_key());
  if (!draft) return step::outcome_of(with_advice(draft.error()));
  if (options.care.dry_run) {
    return {.text = cat("would record ", summary(*draft), "\n", audit::one_line(*draft)),
            .json = text::Json().set("dry_run", true).set("record", *draft)};
  }
  return store(options, run, {.draft = *draft, .echo = options.record.echo});
}

}  // namespace stagegate::audit_writer
