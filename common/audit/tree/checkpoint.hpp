// C2SP checkpoints: what the log's key says about the log at one size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/audit/tree/merkle.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const Checkpoint&) const = default;
};

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);
// The origin has to be the key's name. Failures are conflicts.
Result<Checkpoint> open_checkpoint(std::string_view note, const VerifyKey& key);

}  // namespace stagegate::audit
