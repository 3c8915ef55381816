// What people wrote, made fit for a record; and whether two records say the same.
#include <algorithm>
#include <array>

#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::Json;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// True when something was replaced.
bool mend_utf8(std::string& text) {
  std::string mended;
  bool broken = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text::utf8_sequence(text, at);
    if (length > 0) {
      mended.append(text, at, length);
    } else {
      mended += kReplacement;
      broken = true;
    }
    at += std::max<std::size_t>(1, length);
  }
  if (broken) text = std::move(mended);
  return broken;
}

Json mended(const Json& json, bool& broken) {
  if (const auto* string = json.string()) {
    std::string text = *string;
    broken |= mend_utf8(text);
    return text;
  }
  if (const auto* items = json.array()) {
    Json::Array out;
    for (const Json& item : *items) out.push_back(mended(item, broken));
    return out;
  }
  if (const auto* members = json.object()) {
    Json::Object out;
    for (const auto& [name, value] : *members) {
      std::string key = name;
      broken |= mend_utf8(key);
      out.emplace_back(std::move(key), mended(value, broken));
    }
    return out;
  }
  return json;
}

// Members that differ between two tries of one step.
constexpr std::array<std::string_view, 10> kOfTheTry = {
    "v",  "seq",  "prev",   "ts",          "clock_behind_ms",
    "id", "salt", "writer", "occurred_at", "duration_ms"};

bool is_of_the_try(const Json::Member& member) {
  return std::ranges::find(kOfTheTry, member.first) != kOfTheTry.end();
}

// A retry is later, and so is all that it grants: only how long counts.
Json without_moment(const Json& break_glass) {
  const auto begin = parse_stamp(break_glass.text("not_before"));
  const auto end = parse_stamp(break_glass.text("expires_at"));
  if (!begin || !end) return break_glass;
  Json out = break_glass;
  out.set("not_before", nullptr).set("expires_at", std::int64_t{(*end - *begin).count()});
  return out;
}

// The order of members says nothing, nor does the way in which a whole number is held.
Json in_order(const Json& json) {
  if (const auto whole = json.integer()) return *whole;
  if (const auto* items = json.array()) {
    Json::Array out;
    for (const Json& item : *items) out.push_back(in_order(item));
    return out;
  }
  if (const auto* members = json.object()) {
    Json::Object out;
    for (const auto& [name, value] : *members) out.emplace_back(name, in_order(value));
    std::ranges::sort(out, {}, &Json::Member::first);
    return out;
  }
  return json;
}

Json meaning(const Json& record) {
  const auto* members = record.object();
  if (members == nullptr) return record;
  Json::Object out;
  for (const auto& member : *members) {
    if (is_of_the_try(member)) continue;
    if (member.first == "break_glass") {
      out.emplace_back(member.first, without_moment(member.second));
    } else if (member.first == "gate" && member.second.object() != nullptr) {
      Json gate = member.second;
      gate.set("evaluated_at", nullptr);
      out.emplace_back(member.first, std::move(gate));
    } else {
      out.push_back(member);
    }
  }
  return in_order(out);
}

}  // namespace

Draft tidy(Draft draft) {
  const std::string notes(draft.text("notes"));
  bool broken = false;
  draft = mended(draft, broken);
  if (broken) draft.set("sanitized", true);
  // Looked at now, because mending makes a text longer.
  const std::string whole(draft.text("notes"));
  if (whole.size() > kLongestNotes) {
    draft.set("notes", text::cut_at_character(whole, kLongestNotes));
    // Of what was handed over, so that it can be compared with the file it came from.
    draft.set("notes_truncated_sha256", crypto::hex(crypto::sha256(notes)));
  }
  return draft;
}

bool same_meaning(const Json& stored, const Draft& draft) {
  return meaning(stored) == meaning(draft);
}

}  // namespace stagegate::audit
