// Logs that tests write.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/audit/log/log.hpp"
#include "common/audit/log/view.hpp"
#include "tests/audit/made_log.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"
#include "tests/unit/audit/records.hpp"

namespace stagegate::tests {

// A fresh log in a directory of its own, with its first record.
class TestLog {
 public:
  TestLog() : TestLog(audit::LogOptions{}) {}
  // With so many records, made all at once.
  explicit TestLog(std::uint64_t records) { make_log(layout_, key_, records, promotions(0)); }
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
  audit::LogOptions options_ = {};
};

// Calls `act` once, before that step.
inline audit::LogOptions before(std::string step, std::function<void()> act) {
  audit::LogOptions options;
  options.on_step = [step = std::move(step), act = std::move(act),
                     done = false](std::string_view name) mutable {
    if (name != step || done) return;
    done = true;
    act();
  };
  return options;
}

}  // namespace stagegate::tests
