// Logs that tests write.
#pragma once

#include <string>
#include <vector>

#include "common/audit/checkpoint.hpp"
#include "common/audit/compose.hpp"
#include "common/audit/log.hpp"
#include "common/audit/view.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"
#include "tests/unit/audit/records.hpp"

namespace stagegate::tests {

// A fresh log in a directory of its own, with its first record.
class TestLog {
 public:
  TestLog() : TestLog(audit::LogOptions{}) {}
  explicit TestLog(audit::LogOptions options) : options_(std::move(options)) {
    REQUIRE(audit::Log::init(layout_, key_, options_));
  }

  const audit::Layout& layout() const { return layout_; }
  const audit::SigningKey& key() const { return key_; }
  const audit::VerifyKey& vkey() const { return key_.verify_key(); }
  audit::Log open() const { return audit::Log::open(layout_, key_, options_).value(); }
  audit::Log open(audit::LogOptions options) const {
    return audit::Log::open(layout_, key_, std::move(options)).value();
  }
  audit::View view() const { return audit::View::open(layout_, vkey()).value(); }

  void fill(int records) const {
    auto log = open();
    for (int i = 0; i < records; ++i) REQUIRE(log.append(promotion()));
  }
  // Makes the log that long at once: its files as they are after so many appends, but for the
  // slots, of which there is the last only, and the tiles.
  void grow_to(std::uint64_t size) const {
    audit::Slot slot = *view().last();
    std::string segment = file(layout_.segment(0));
    while (slot.seq + 1 < size) {
      slot = audit::compose(promotion(), &slot, key_, options_).value();
      if (slot.start == 0) segment.clear();
      segment += slot.line + "\n";
      const bool full = (slot.seq + 1) % audit::kSegmentLines == 0;
      if (!full && slot.seq + 1 < size) continue;
      REQUIRE(fs::replace_file(layout_.segment(slot.seq >> audit::kSegmentBits), segment));
    }
    REQUIRE(fs::replace_file(layout_.slot(slot.seq), audit::sign_slot(slot, key_)));
    REQUIRE(fs::replace_file(
        layout_.checkpoint(),
        audit::sign_checkpoint({vkey().name(), size, slot.frontier.root()}, key_)));
  }
  // What is in the log now, line by line.
  std::vector<std::string> lines() const {
    std::vector<std::string> found;
    REQUIRE(view().each(0, [&](const audit::Line& line) {
      CHECK(line.seq == found.size());
      found.emplace_back(line.text);
      return audit::Next::go_on;
    }));
    return found;
  }
  std::string file(const fs::Path& path) const { return fs::read_file(path).value(); }

 private:
  Directory directory_{quick_directory()};
  audit::Layout layout_{directory_ / "log"};
  audit::SigningKey key_ = audit::SigningKey::generate("stagegate.example/audit/test");
  audit::LogOptions options_;
};

}  // namespace stagegate::tests
