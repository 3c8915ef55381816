// The file operations behind the log. Each has worked, durably, or says what could not be done with
// which file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/slot.hpp"
#include "common/fs/file.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// A file with a name of its own (".tmp-host-pid-random") until it is given its real one; removed
// when it is not.
class Staged {
 public:
  // Written, synced and closed. After an error of any of these the file is given up: the kernel
  // tells a failed write once and then forgets it.
  static Result<Staged> write(const fs::Path& directory, std::string_view bytes);
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;
  Staged(Staged&& other) noexcept;
  Staged& operator=(Staged&&) = delete;
  ~Staged();

  // link(2). False: the name is taken, or something is not visible; look again.
  Result<bool> link_to(const fs::Path& target) const;
  // rename(2). It lasts when the names are synced.
  Result<> replace(const fs::Path& target);
  // Removes the name of its own now, after link_to().
  void drop();

 private:
  explicit Staged(fs::Path path) : path_(std::move(path)) {}
  fs::Path path_;  // empty: none any more
};

// Where a slot's line belongs in its segment.
struct Standing {
  bool joins = false;  // the line before ends here, or the segment begins here
  std::string bytes;   // what stands there: as many as the line has with its newline, or fewer at
                       // the file's end
  bool holds(const Slot& slot) const { return joins && bytes == slot.line + "\n"; }
};
Result<Standing> read_standing(const Layout& layout, const Slot& slot);
// Whoever writes it writes these bytes to this place.
Result<> write_line(const Layout& layout, const Slot& slot);

// Makes the names in it last.
Result<> sync_names(const fs::Path& directory);

// Removes what is not needed when the checkpoint of that size has been published: slots, the lowest
// first, and what killed writers left behind more than an hour ago. Lines are made of slots: they
// are synced before.
Result<> prune(const Layout& layout, std::uint64_t published_size);

// The numbers of the slots that are there, in order.
Result<std::vector<std::uint64_t>> slots_there(const Layout& layout);

// Fails with unknown where link(2) does not work.
Result<> probe_links(const fs::Path& directory);

}  // namespace stagegate::audit
