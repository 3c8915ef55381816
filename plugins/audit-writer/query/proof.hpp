// One record, provable on its own: c2sp.org/tlog-proof@v1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/audit/tree/merkle.hpp"

namespace stagegate::audit_writer {

// `checkpoint` is the signed note, as it is.
std::string show_proof(std::uint64_t index, const audit::Proof& proof, std::string_view checkpoint);

}  // namespace stagegate::audit_writer
