// The rules of schemas/audit-record.json as tables: what a member may hold, which ones a kind of
// record needs.
#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <span>

#include "common/audit/record/form.hpp"
#include "common/audit/record/record.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using namespace rules;
using text::cat;
using text::Json;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool all_of(std::string_view text, bool (*accepted)(char)) {
  return std::all_of(text.begin(), text.end(), accepted);
}

bool is_lower_hex(std::string_view text, std::size_t length) {
  return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_sha256(std::string_view text) {
  return is_lower_hex(text, 64);
}

bool is_digest(std::string_view text) {
  constexpr std::string_view kAlgorithm = "sha256:";
  return text.starts_with(kAlgorithm) && is_sha256(text.substr(kAlgorithm.size()));
}

bool is_commit(std::string_view text) {
  return is_lower_hex(text, 40) || is_lower_hex(text, 64);
}

bool is_time(std::string_view text) {
  return parse_stamp(text).has_value();
}

bool is_idempotency_key(std::string_view text) {
  return !text.empty() && text.size() <= kLongestKey &&
         all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_ulid(std::string_view text) {
  return text.size() == 26 &&
         text.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string::npos;
}

bool is_salt(std::string_view text) {
  return text.size() == 22 &&
         all_of(text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && is_alphanumeric(text.front()) &&
         is_alphanumeric(text.back()) && all_of(text, [](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '.' && text.front() != '-' &&
         all_of(text,
                [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

constexpr Form kSha256 = pattern(is_sha256, "64 lower-case hexadecimal digits");
constexpr Form kTime = pattern(is_time, "a time in UTC, such as 2026-11-21T06:30:00Z");
constexpr Form kName =
    pattern(is_name, "letters and digits with . _ - between them, at most 253 characters");
constexpr Form kTag = pattern(
    is_tag, "an image tag: letters, digits, _ . - (not . or - first), at most 128 characters");
constexpr Form kUlid = pattern(is_ulid, "a ULID: 26 digits and capital letters without I, L, O, U");
constexpr Form kAnyText = {};
constexpr Form kAnyWhole = {.type = Form::Type::whole, .least = kNoLimit};

constexpr std::array<std::string_view, 3> kActorKinds = {"human", "service", "unknown"};
constexpr std::array<Member, 5> kActorMembers = {{{"name", words_up_to(320, 1), true},
                                                  {"kind", one_of(kActorKinds), true},
                                                  {"via", words_up_to(64)},
                                                  {"raw", words_up_to(512)},
                                                  {"verified", truth()}}};
constexpr Form kActor = object(kActorMembers);

constexpr std::array<Member, 3> kWriterMembers = {{{"tool", words_up_to(64), true},
                                                   {"version", words_up_to(64), true},
                                                   {"host", words_up_to(253)}}};

constexpr std::array<Member, 2> kImageMembers = {
    {{"name", words_up_to(255), true},
     {"digest", pattern(is_digest, "sha256: and 64 lower-case hexadecimal digits"), true}}};
constexpr Form kImage = object(kImageMembers);

constexpr Form kCounts = {.type = Form::Type::object, .others = &kAnyWhole};
constexpr std::array<Member, 6> kGateMembers = {{{"name", words_up_to(64), true},
                                                 {"evaluated_at", kTime},
                                                 {"next_change_at", kTime},
                                                 {"result_sha256", kSha256},
                                                 {"evidence_url", words_up_to(2048)},
                                                 {"counts", kCounts}}};

constexpr std::array<Member, 5> kScopeMembers = {{{"gate", kAnyText, true},
                                                  {"project", kName},
                                                  {"target_stage", kName, true},
                                                  {"image_tag", kAnyText, true},
                                                  {"promotion", kAnyText}}};
constexpr std::array<Member, 9> kBreakGlassMembers = {{{"grant", kUlid},
                                                       {"grant_seq", whole(0)},
                                                       {"justification", words_up_to(16'384, 10)},
                                                       {"scope", object(kScopeMembers)},
                                                       {"not_before", kTime},
                                                       {"expires_at", kTime},
                                                       {"max_uses", whole(1, 1)},
                                                       {"consumer", words_up_to(253)},
                                                       {"incident_ref", words_up_to(512)}}};

constexpr std::array<Member, 1> kStageControlMembers = {{{"enabled", truth()}}};

constexpr std::array<std::string_view, 7> kSystems = {
    "woodpecker", "kargo", "argocd", "argo-rollouts", "gitea-actions", "cli", "other"};
constexpr std::array<Member, 11> kSourceMembers = {
    {{"system", one_of(kSystems), true},
     {"event", words_up_to(128)},
     {"event_id", words_up_to(253)},
     {"repo", words_up_to(512)},
     {"pipeline", {.type = Form::Type::text_or_whole}},
     {"step", words_up_to(253)},
     {"promotion", words_up_to(253)},
     {"freight", words_up_to(253)},
     {"application", words_up_to(253)},
     {"revision", words_up_to(128)},
     {"url", words_up_to(2048)}}};

constexpr std::array<Member, 10> kLogMembers = {{{"redacts", whole(0)},
                                                 {"leaf", kSha256},
                                                 {"quarantined_bytes", kAnyWhole},
                                                 {"quarantined_sha256", kSha256},
                                                 {"quarantine_file", kAnyText},
                                                 {"old_vkey", kAnyText},
                                                 {"new_vkey", kAnyText},
                                                 {"imported_from", kAnyText},
                                                 {"schema_sha256", kSha256},
                                                 {"anchor", kAnyText}}};
constexpr Form kLog = {.type = Form::Type::object, .members = kLogMembers, .open = true};
constexpr Form kFree = {.type = Form::Type::object, .open = true};

constexpr std::array<std::string_view, 7> kOutcomes = {"success", "failure", "blocked", "aborted",
                                                       "error",   "pending", "unknown"};
constexpr std::array<std::string_view, 5> kTypeNames = {"promotion", "gate", "break_glass",
                                                        "stage_control", "log"};

// What a record says; its place and its writer come from the log.
constexpr std::array<Member, 30> kDraftMembers = {
    {{"idem", pattern(is_idempotency_key, "1 to 200 printable ASCII characters without blanks")},
     {"type", one_of(kTypeNames), true},
     {"event", kAnyText, true},
     {"writer", object(kWriterMembers)},
     {"occurred_at", kTime},
     {"operator", kActor},
     {"approver", kActor},
     {"project", kName},
     {"source_stage", or_null(kName)},
     {"target_stage", kName},
     {"image_tag", kTag},
     {"previous_tag", or_null(kTag)},
     {"images", list(64, kImage)},
     {"commit", pattern(is_commit, "40 or 64 lower-case hexadecimal digits")},
     {"commit_time", kTime},
     {"notes", words_up_to(kLongestNotes)},
     {"notes_truncated_sha256", kSha256},
     {"sanitized", truth()},
     {"outcome", one_of(kOutcomes)},
     {"reason", words_up_to(kLongestReason)},
     {"duration_ms", whole(0)},
     {"rollback", truth()},
     {"fixes", list(16, kAnyText)},
     {"change_ref", words_up_to(512)},
     {"gate", object(kGateMembers)},
     {"break_glass", object(kBreakGlassMembers)},
     {"stage_control", object(kStageControlMembers)},
     {"source", object(kSourceMembers)},
     {"log", kLog},
     {"x", kFree}}};

constexpr std::array<Member, 7> kPlaceMembers = {
    {{"v", whole(1, 1), true},
     {"seq", whole(0), true},
     {"prev", kSha256, true},
     {"ts", kTime, true},
     {"clock_behind_ms", whole(1)},
     {"id", kUlid, true},
     {"salt", pattern(is_salt, "22 characters of base64url"), true}}};

// What a type of record may be about, and what it cannot be without. A dot leads into an object.
struct TypeRule {
  std::string_view type;
  std::string_view events;  // separated by blanks
  std::string_view needs;
};
constexpr std::array<TypeRule, 5> kTypeRules = {
    {{"promotion",
      "requested approved rejected blocked started succeeded failed errored aborted discarded "
      "verified verification_failed",
      "operator project target_stage source_stage image_tag outcome source"},
     {"gate", "passed blocked overridden errored", "gate outcome target_stage source"},
     {"break_glass", "grant consume revoke review", "operator break_glass"},
     {"stage_control", "enabled disabled", "operator target_stage stage_control"},
     {"log", "init redacted recovered key_rotated imported anchored closed", "log"}}};

struct EventRule {
  std::string_view type;
  std::string_view event;
  std::string_view needs;
};
constexpr std::array<EventRule, 2> kEventRules = {
    {{"break_glass", "grant",
      "break_glass.justification break_glass.scope break_glass.not_before break_glass.expires_at "
      "break_glass.max_uses"},
     {"break_glass", "consume",
      "idem break_glass.grant break_glass.grant_seq break_glass.consumer"}}};

void inspect_kind(Inspection& inspection, const Json& record) {
  const std::string_view type = record.text("type");
  const std::string_view event = record.text("event");
  const auto rule = std::ranges::find(kTypeRules, type, &TypeRule::type);
  if (rule == kTypeRules.end()) return;  // said already
  const auto events = text::split(rule->events, ' ');
  if (record.find("event") != nullptr && std::ranges::find(events, event) == events.end()) {
    inspection.fault("event", cat(text::quoted(event), " is no event of type ", type, ": ",
                                  text::join({events.begin(), events.end()}, ", ")));
  }
  inspection.needs(record, rule->needs, type);
  for (const EventRule& special : kEventRules) {
    if (special.type == type && special.event == event) {
      inspection.needs(record, special.needs, cat(type, ".", event));
    }
  }
}

Result<> inspect(const Json& record, std::span<const Member> members) {
  Inspection inspection;
  inspection.object("", record, object(members));
  inspect_kind(inspection, record);
  const Json* sanitized = record.find("sanitized");
  if (sanitized != nullptr && *sanitized == Json(false)) {
    inspection.fault("sanitized", "must be true or left out");
  }
  return inspection.result();
}

}  // namespace

Result<> check_draft(const Draft& draft) {
  return inspect(draft, kDraftMembers);
}

Result<> check_record(const Json& record) {
  std::vector<Member> members(kPlaceMembers.begin(), kPlaceMembers.end());
  members.insert(members.end(), kDraftMembers.begin(), kDraftMembers.end());
  std::ranges::find(members, "writer", &Member::name)->required = true;
  return inspect(record, members);
}

}  // namespace stagegate::audit
