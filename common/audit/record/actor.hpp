// Somebody who did something, and how sure we are of who it was.
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace stagegate::audit {

struct Actor {
  std::string name;
  std::string kind = "unknown";  // human, service, unknown
  std::string via = {};
  std::string raw = {};
  bool verified = false;  // an API vouches for it; otherwise it is what somebody claimed
};
text::Json json_of(const Actor& actor);
// What cannot be read is empty.
Actor actor_of(const text::Json* json);

// Whether a name may be that of this very person. Systems write one person in several forms
// ("email:ann@example.com", "ann@example.com", "ann"), and where two people have to agree, a doubt
// counts as one.
bool may_be_same(const Actor& actor, std::string_view name);
// A name that says nothing about who it was: none, Kargo's built-in admin, an API token.
bool is_nobody(std::string_view name);

}  // namespace stagegate::audit
