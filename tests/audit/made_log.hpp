// A whole log written at once, as appending leaves it: to append two million records takes an hour.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/audit/log/layout.hpp"
#include "common/audit/tree/merkle.hpp"
#include "common/audit/tree/note.hpp"

namespace stagegate::tests {

// The line of a record.
using MakeLine = std::function<std::string(std::uint64_t seq, const audit::Hash& prev)>;

// A promotion that keeps to the schema, with this many bytes of notes.
MakeLine promotions(std::size_t notes);

void make_log(const audit::Layout& layout, const audit::SigningKey& key, std::uint64_t records,
              const MakeLine& make_line);

}  // namespace stagegate::tests
