#include "plugins/gitea-mirror/wire/refusal.hpp"

#include <algorithm>
#include <utility>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

using Kind = Refusal::Kind;
using To = Failure::Kind;

struct Meaning {
  Kind kind;
  std::string_view name;
  bool retryable;
  To failure;
  std::string_view advice;
};

constexpr Meaning kMeanings[] = {
    {Kind::moved_meanwhile, "moved_meanwhile", true, To::unknown,
     "the ref changed on the target meanwhile; it is planned again from fresh refs"},
    {Kind::source_changed, "source_changed", true, To::unknown,
     "the source changed while it was read; it is planned again from fresh refs"},
    {Kind::non_fast_forward, "non_fast_forward", false, To::refused,
     "the target takes no forced updates: allow them for the mirror's identity"},
    {Kind::protected_ref, "protected_ref", false, To::refused,
     "protected on the target: let the mirror's identity bypass the protection, or exclude the "
     "ref"},
    {Kind::rule_violation, "rule_violation", false, To::refused,
     "a rule of the target forbids it: let the mirror's identity bypass the rule"},
    {Kind::secret, "secret", false, To::refused,
     "the target found a secret in the commits: revoke it and remove it from the history, or allow"
     " it at the address that the target names"},
    {Kind::large_file, "large_file", false, To::refused,
     "a file is larger than the target takes: remove it from the history, or keep it in Git LFS"},
    {Kind::lfs_missing, "lfs_missing", false, To::refused,
     "the target lacks Git LFS objects: they must be there before the commits"},
    {Kind::pack_too_big, "pack_too_big", false, To::refused,
     "one push is limited: mirror the history in steps first, by hand"},
    {Kind::workflow_scope, "workflow_scope", false, To::unknown,
     "the token may not change workflow files: give it the scope \"workflow\", or use an SSH key"},
    {Kind::read_only_key, "read_only_key", false, To::unknown,
     "the deploy key may only read: add it again with write access"},
    {Kind::no_permission, "no_permission", false, To::unknown,
     "the mirror's identity may not write to the target: give it write permission"},
    {Kind::read_only_repository, "read_only_repository", false, To::unknown,
     "the target cannot be written to: is it archived, or a mirror itself?"},
    {Kind::hidden_ref, "hidden_ref", false, To::refused,
     "the target keeps this ref to itself: exclude it"},
    {Kind::current_branch, "current_branch", false, To::refused,
     "the target's default branch: make another one the default there first"},
    {Kind::bad_name, "bad_name", false, To::refused,
     "the target does not allow this name: exclude the ref or rename it"},
    {Kind::declined, "declined", false, To::refused,
     "a hook of the target declined it: what it said is above"},
    {Kind::atomic, "atomic", false, To::refused,
     "all or none was asked for, and another ref was refused"},
    {Kind::no_space, "no_space", false, To::refused,
     "the target has no room for it: see its quota and disk"},
    {Kind::storage, "storage", true, To::unknown, "the target could not store the pack"},
    {Kind::lacks_objects, "lacks_objects", true, To::unknown,
     "the target lacks objects that the pack builds on; it is planned again from fresh refs"},
    {Kind::unavailable, "unavailable", true, To::unknown, "the target cannot do it now"},
    {Kind::other, "other", false, To::refused, "the target refused it: see what it said"},
};

// Where the words were met.
enum Where : unsigned {
  kReason = 1,  // ng
  kUnpack = 2,  // unpack, band 3, ERR
  kRemark = 4,  // band 2
  kAnywhere = kReason | kUnpack | kRemark,
};

struct Words {
  std::string_view words;  // in lower case
  unsigned where;
  Kind kind;
};

// The first row that fits is meant: what names a cause comes before what only says no. Git's own
// texts, Gitea's, GitHub's (GHnnn), GitLab's.
constexpr Words kWords[] = {
    {"push cannot contain secrets", kAnywhere, Kind::secret},
    {"push declined due to secret", kAnywhere, Kind::secret},
    {"gh009", kAnywhere, Kind::secret},
    {"gh001", kAnywhere, Kind::large_file},
    {"exceeds github's file size limit", kAnywhere, Kind::large_file},
    {"gh008", kAnywhere, Kind::lfs_missing},
    {"unknown git lfs object", kAnywhere, Kind::lfs_missing},
    {"lfs objects are missing", kAnywhere, Kind::lfs_missing},
    {"pack exceeds maximum allowed size", kAnywhere, Kind::pack_too_big},
    {"create or update workflow", kAnywhere, Kind::workflow_scope},
    {"denied to deploy key", kAnywhere, Kind::read_only_key},
    {"key you are authenticating with has been marked as read only", kAnywhere,
     Kind::read_only_key},
    {"deploy key does not have write", kAnywhere, Kind::read_only_key},
    {"mirror repository is read-only", kAnywhere, Kind::read_only_repository},
    {"was archived", kAnywhere, Kind::read_only_repository},
    {"is archived", kAnywhere, Kind::read_only_repository},
    {"repo archived", kAnywhere, Kind::read_only_repository},
    {"permission denied", kAnywhere, Kind::no_permission},
    {"permission to ", kAnywhere, Kind::no_permission},
    {"is not authorized to write", kAnywhere, Kind::no_permission},
    {"you are not allowed to push code to this project", kAnywhere, Kind::no_permission},
    {"write access to repository not granted", kAnywhere, Kind::no_permission},
    {"default branch and cannot be deleted", kAnywhere, Kind::current_branch},
    {"deletion of the current branch", kAnywhere, Kind::current_branch},
    {"refusing to delete the current branch", kAnywhere, Kind::current_branch},
    {"branch is currently checked out", kAnywhere, Kind::current_branch},
    {"deletion prohibited", kReason, Kind::protected_ref},
    {"gh006", kAnywhere, Kind::protected_ref},
    {"gh003", kAnywhere, Kind::protected_ref},
    {"protected branch", kAnywhere, Kind::protected_ref},
    {"protected tag", kAnywhere, Kind::protected_ref},
    {"is protected from", kAnywhere, Kind::protected_ref},
    {"you are not allowed to", kAnywhere, Kind::protected_ref},
    {"not allowed to push to", kAnywhere, Kind::protected_ref},
    {"gh013", kAnywhere, Kind::rule_violation},
    {"repository rule violations", kAnywhere, Kind::rule_violation},
    {"gh002", kAnywhere, Kind::bad_name},
    {"gh005", kAnywhere, Kind::bad_name},
    {"funny refname", kReason, Kind::bad_name},
    {"hidden ref", kAnywhere, Kind::hidden_ref},
    {"non-fast-forward", kReason, Kind::non_fast_forward},
    {"failed to update ref", kReason, Kind::moved_meanwhile},
    {"reference already exists", kReason, Kind::moved_meanwhile},
    {"already exists", kReason, Kind::moved_meanwhile},
    {"fetch first", kReason, Kind::moved_meanwhile},
    {"stale info", kReason, Kind::moved_meanwhile},
    {"cannot lock ref", kReason, Kind::moved_meanwhile},
    {"failed to lock", kReason, Kind::moved_meanwhile},
    {"incorrect old value", kReason, Kind::moved_meanwhile},
    {"not our ref", kUnpack, Kind::source_changed},
    {"missing necessary objects", kReason, Kind::lacks_objects},
    {"bad pack", kReason, Kind::lacks_objects},
    {"unresolved deltas", kUnpack | kRemark, Kind::lacks_objects},
    {"no space left", kAnywhere, Kind::no_space},
    {"quota exceeded", kAnywhere, Kind::no_space},
    {"exceeded quota", kAnywhere, Kind::no_space},
    {"exceeds the quota", kAnywhere, Kind::no_space},
    {"rate limit", kAnywhere, Kind::unavailable},
    {"internal server error", kAnywhere, Kind::unavailable},
    {"internal error", kAnywhere, Kind::unavailable},
    {"try again", kAnywhere, Kind::unavailable},
    {"under maintenance", kAnywhere, Kind::unavailable},
    {"atomic", kReason, Kind::atomic},
    {"transaction failed", kReason, Kind::atomic},
    {"hook declined", kReason, Kind::declined},
    {"declined", kReason, Kind::declined},
    {"unpacker error", kReason, Kind::storage},
};

constexpr std::size_t kNoRow = SIZE_MAX;

std::size_t first_row(std::string_view text, Where where) {
  const std::string lower = text::lower(text);
  const auto* row = std::find_if(std::begin(kWords), std::end(kWords), [&](const Words& words) {
    return (words.where & where) != 0 && lower.find(words.words) != std::string::npos;
  });
  return row == std::end(kWords) ? kNoRow : static_cast<std::size_t>(row - std::begin(kWords));
}

const Meaning& meaning_of(Kind kind) {
  return *std::find_if(std::begin(kMeanings), std::end(kMeanings),
                       [&](const Meaning& meaning) { return meaning.kind == kind; });
}

Refusal meant(Kind kind) {
  const Meaning& meaning = meaning_of(kind);
  return {.kind = kind,
          .retryable = meaning.retryable,
          .for_all = false,
          .failure = meaning.failure,
          .advice = meaning.advice};
}

// Says little more than "no": the cause is in what the target said to people.
bool is_vague(Kind kind) {
  return kind == Kind::declined || kind == Kind::storage || kind == Kind::atomic ||
         kind == Kind::rule_violation;
}

Kind kind_of(std::string_view text, Where where, const Remarks& remarks, Kind otherwise) {
  const std::size_t own = first_row(text, where);
  if (own != kNoRow && !is_vague(kWords[own].kind)) return kWords[own].kind;
  const std::size_t row = std::min(own, remarks.row());
  return row == kNoRow ? otherwise : kWords[row].kind;
}

}  // namespace

std::string_view name_of(Refusal::Kind kind) {
  return meaning_of(kind).name;
}

void Remarks::add(std::string_view line) {
  constexpr std::size_t kFirst = 20;  // stay; of the others the last do
  row_ = std::min(row_, first_row(line, kRemark));
  lines_.emplace_back(line);
  if (lines_.size() <= kMost) return;
  lines_.erase(lines_.begin() + kFirst);
  ++left_out_;
}

Refusal classify(std::string_view reason, const Remarks& remarks) {
  Refusal refusal = meant(kind_of(reason, kReason, remarks, Kind::other));
  // These two happen to a push as a whole.
  const std::string lower = text::lower(reason);
  refusal.for_all = lower.find("pre-receive hook declined") != std::string::npos ||
                    lower.find("atomic") != std::string::npos ||
                    lower.find("transaction failed") != std::string::npos;
  return refusal;
}

Refusal classify_unpack(std::string_view trouble, const Remarks& remarks) {
  return meant(kind_of(trouble, kUnpack, remarks, Kind::storage));
}

std::optional<Failure> told_error(std::string_view line) {
  constexpr std::string_view kError = "ERR ";
  if (line.substr(0, kError.size()) != kError) return std::nullopt;
  return failure_of_fatal(line.substr(kError.size()));
}

Failure failure_of_fatal(std::string_view text) {
  constexpr std::size_t kLongest = 500;
  const std::string_view trimmed = text::trim(text.substr(0, kLongest));
  const Refusal refusal = meant(kind_of(trimmed, kUnpack, {}, Kind::other));
  const bool known = refusal.kind != Kind::other;
  std::string message = text::cat("the server says: ", text::harmless(trimmed));
  if (known) message += text::cat(" (", refusal.advice, ")");
  Failure failure{known ? refusal.failure : Failure::Kind::unknown, std::move(message)};
  failure.passing = refusal.retryable;
  return failure;
}

}  // namespace stagegate::mirror
