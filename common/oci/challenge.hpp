// "WWW-Authenticate": how a registry wants to be asked. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagegate::oci {

struct Challenge {
  std::string scheme;                                           // in lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case

  // The parameter, or null when there is none.
  const std::string* find(std::string_view name) const;
  std::string_view text(std::string_view name) const;
};

// What registries send: several fields, or several challenges in one of them (Forgejo), commas in
// quotes, Basic without a realm (old Gitea). Never fails: what makes no sense is left out.
std::vector<Challenge> parse_challenges(std::span<const std::string_view> fields);

// The one to answer: Bearer where it names a realm to get the token from, else Basic.
std::optional<Challenge> choose(const std::vector<Challenge>& challenges);

}  // namespace stagegate::oci
