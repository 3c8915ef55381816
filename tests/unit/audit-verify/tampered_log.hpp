// A faultless log of a thousand records, and what somebody could do to it.
#pragma once

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "common/audit/log/slot.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/audit/verify/verify.hpp"
#include "common/text/text.hpp"
#include "tests/audit/made_log.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

namespace stagegate::tests {

class TamperedLog {
 public:
  static constexpr std::uint64_t kRecords = 1'000;

  explicit TamperedLog(std::uint64_t records = kRecords, std::size_t notes = 20)
      : key_(audit::SigningKey::generate("log.example/audit")), layout_{directory_ / "log"} {
    make_log(layout_, key_, records, promotions(notes));
  }

  const audit::Layout& layout() const { return layout_; }
  const audit::SigningKey& key() const { return key_; }

  std::vector<std::string> lines(std::uint64_t segment = 0) const {
    std::ifstream file(layout_.segment(segment), std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  void put_lines(const std::vector<std::string>& lines, std::uint64_t segment = 0) const {
    std::ofstream file(layout_.segment(segment), std::ios::binary);
    for (const std::string& line : lines) file << line << '\n';
  }
  static std::string bytes(const fs::Path& path) { return fs::read_file(path).value(); }
  static void put(const fs::Path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static void append(const fs::Path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
  }
  // What a log of this key would have said earlier.
  std::string checkpoint_of(std::uint64_t size) const {
    audit::Frontier frontier;
    const auto lines = this->lines();
    for (std::uint64_t i = 0; i < size; ++i) frontier.push(audit::leaf_hash(lines[i]));
    return audit::sign_checkpoint({key_.verify_key().name(), size, frontier.root()}, key_);
  }

  audit::Report verify(std::vector<std::string> known = {}, bool quick = false,
                       unsigned threads = 1) const {
    audit::VerifyOptions options{.key = key_.verify_key()};
    options.known = std::move(known);
    options.quick = quick;
    options.threads = threads;
    options.most_findings = 100'000;
    auto report = audit::verify(layout_, options);
    if (!report) FAIL(report.error().message);
    return std::move(*report);
  }

 private:
  Directory directory_;
  audit::SigningKey key_;
  audit::Layout layout_;
};

// "CHAIN 18; MODIFIED 17": each once, however often.
inline std::string in_short(const audit::Report& report) {
  std::set<std::string> names;
  for (const audit::Found& found : report.findings) {
    names.insert(text::cat(audit::name_of(found.finding),
                           found.seq ? text::cat(" ", *found.seq) : std::string()));
  }
  return text::join({names.begin(), names.end()}, "; ");
}

inline void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

}  // namespace stagegate::tests
