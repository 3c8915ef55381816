// The slot of the newest record, for when slots were lost but everything else is there.
#pragma once

#include <cstdint>
#include <optional>

#include "common/audit/log/layout.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// Makes it again when it is missing and the records are, to the byte, those that the checkpoint was
// signed for: then it says nothing that the key has not said before. Its number; empty when that is
// not how things are.
Result<std::optional<std::uint64_t>> make_head_slot_again(const Layout& layout,
                                                          const SigningKey& key);

}  // namespace stagegate::audit
