// What follows from a committed record: its line in the segment, the checkpoint, the tiles. None of
// it decides anything; what one writer leaves undone the next one does.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/slot.hpp"
#include "common/audit/log/view.hpp"
#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

using Step = std::function<void(std::string_view)>;

// The lines of the newest records, where they do not stand yet.
Result<> materialise(const View& view);

// The line of a record that has just been committed.
Result<> put_line(const Layout& layout, const Slot& slot);

// The signed checkpoint of a log of that size, if the one that is there is of a smaller one. All
// lines up to it must stand. `view` knows the checkpoint that was there before.
Result<> publish(const View& view, std::string_view checkpoint, std::uint64_t size);

// Tiles, and the removal of what is not needed any more: due when the log's size is a multiple of
// the tiles' width.
Result<> tidy_up(const Layout& layout, const VerifyKey& key, const Step& step);

}  // namespace stagegate::audit
