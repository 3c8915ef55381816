// Who did it, from Kargo's words for it.
#pragma once

#include "common/audit/record/actor.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

// clang-format off
// | Kargo says                          | name                  | kind    | verified                    |
// |-------------------------------------|-----------------------|---------|-----------------------------|
// | nothing, of a promotion             | auto-promotion        | service | yes                         |
// | email:ann@x, subject:.., <claim>:.. | what follows the colon| human   | yes                         |
// | kubernetes:system:serviceaccount:.. | the service account   | service | yes                         |
// | kubernetes:bob                      | bob                   | human   | yes                         |
// | kubernetes:system:admin             | system:admin          | unknown | no: whoever has the file    |
// | controller:..                       | what follows the colon| service | yes                         |
// | admin                               | admin                 | unknown | no: whoever has the password|
// | unknown actor, anything else        | as it is              | unknown | no                          |
// clang-format on
// Kargo's own words are kept as `raw`. Nobody vouches for what only an Event claims.
audit::Actor actor_of(const Deed& deed);

}  // namespace stagegate::audit_writer
