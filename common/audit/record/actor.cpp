#include "common/audit/record/actor.hpp"

#include <array>

#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

// In front of the names that Kargo writes ("email:ann@example.com"): the claim they come from.
constexpr std::array<std::string_view, 3> kForms{"email:", "subject:", "kubernetes:"};

std::string plain(std::string_view name) {
  std::string lowered = text::lower(text::trim(name));
  for (const auto form : kForms) {
    if (lowered.starts_with(form)) return lowered.substr(form.size());
  }
  return lowered;
}

std::string_view before_at(std::string_view name) {
  return name.substr(0, name.find('@'));
}

bool may_be_same(std::string_view left, std::string_view right) {
  const std::string one = plain(left);
  const std::string other = plain(right);
  if (one.empty() || other.empty()) return false;
  const bool both_addresses =
      one.find('@') != std::string::npos && other.find('@') != std::string::npos;
  return both_addresses ? one == other : before_at(one) == before_at(other);
}

}  // namespace

text::Json json_of(const Actor& actor) {
  text::Json json;
  json.set("name", actor.name).set("kind", actor.kind);
  if (!actor.via.empty()) json.set("via", actor.via);
  if (!actor.raw.empty()) json.set("raw", actor.raw);
  return json.set("verified", actor.verified);
}

Actor actor_of(const text::Json* json) {
  if (json == nullptr) return {};
  const text::Json* verified = json->find("verified");
  const bool* vouched = verified == nullptr ? nullptr : verified->boolean();
  return {.name = std::string(json->text("name")),
          .kind = std::string(json->text("kind")),
          .via = std::string(json->text("via")),
          .raw = std::string(json->text("raw")),
          .verified = vouched != nullptr && *vouched};
}

bool may_be_same(const Actor& actor, std::string_view name) {
  // "https://id.example.com 1234": who is known by an issuer's subject is "subject:1234" to Kargo.
  const std::string_view raw = actor.raw;
  const auto space = raw.find(' ');
  const auto subject = space == std::string_view::npos ? std::string_view() : raw.substr(space + 1);
  return may_be_same(std::string_view(actor.name), name) || may_be_same(raw, name) ||
         may_be_same(subject, name);
}

bool is_nobody(std::string_view name) {
  const std::string known = plain(name);
  return known.empty() || known == "admin" || known == "unknown actor" || known == "system:admin";
}

}  // namespace stagegate::audit
