// The key is not this log's. Without this, verification would have something to say about each of
// its records, and not that.
#pragma once

#include <optional>

#include "common/audit/log/layout.hpp"
#include "common/audit/tree/note.hpp"
#include "common/audit/verify/verify.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// The one finding (bad_signature) about a log in which neither the checkpoint nor any slot claims
// to be signed with the key. Empty when one does, rightly or not, and when there is nothing that
// could.
Result<std::optional<Found>> find_foreign_key(const Layout& layout, const VerifyKey& key);

}  // namespace stagegate::audit
