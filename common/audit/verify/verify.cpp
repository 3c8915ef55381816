#include "common/audit/verify/verify.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "common/audit/record/record.hpp"
#include "common/audit/verify/claims.hpp"
#include "common/audit/verify/findings.hpp"
#include "common/audit/verify/redactions.hpp"
#include "common/audit/verify/segment.hpp"
#include "common/audit/verify/strict.hpp"
#include "common/audit/verify/tree.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/line_reader.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

// How long each segment is, by its number.
using Lengths = std::map<std::uint64_t, std::uint64_t>;

bool is_there(const fs::Path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) || error;
}

Result<Lengths> measure_segments(const Layout& layout) {
  Lengths lengths;
  if (!is_there(layout.records())) return lengths;
  const auto names = fs::list_directory(layout.records());
  if (!names) return forward(names.error());
  for (const std::string& name : *names) {
    const auto first = text::parse_int(name.substr(0, name.find('.')));
    if (!first || *first < 0) continue;
    const std::uint64_t index = static_cast<std::uint64_t>(*first) >> kSegmentBits;
    if (layout.segment(index).filename() != name) continue;
    std::error_code error;
    const auto length = std::filesystem::file_size(layout.segment(index), error);
    if (!error) lengths[index] = length;
  }
  return lengths;
}

// Where nothing that is signed says how many records there are.
Result<std::uint64_t> count_records(const Layout& layout, const Lengths& lengths) {
  if (lengths.empty()) return 0;
  const std::uint64_t index = lengths.rbegin()->first;
  auto reader = fs::LineReader::open(layout.segment(index), kLongestLine);
  if (!reader) return forward(std::move(reader).error());
  std::uint64_t count = 0;
  for (;;) {
    const auto line = reader->next();
    if (!line) return forward(line.error());
    if (!*line) return (index << kSegmentBits) + std::min(count, kSegmentLines);
    if ((*line)->ended) ++count;
  }
}

std::vector<SegmentTask> plan(std::uint64_t size, const Lengths& lengths, const Claims& claims) {
  std::vector<SegmentTask> tasks;
  for (std::uint64_t first = 0; first < size; first += kSegmentLines) {
    SegmentTask task;
    task.index = first >> kSegmentBits;
    task.first = first;
    task.last = std::min(first + kSegmentLines, size);
    if (const auto length = lengths.find(task.index); length != lengths.end()) {
      task.length = length->second;
    }
    // A record that was committed in the meantime may already stand there.
    const SlotClaim* head = claims.slot(task.last - 1);
    if (head != nullptr) task.length = std::max(task.length, head->end);
    tasks.push_back(task);
  }
  return tasks;
}

Result<> check_about(const Layout& layout, const VerifyKey& key, Findings& findings) {
  const std::string where = layout.about().filename().native();
  const auto about = read_about(layout);
  if (!about && !is_there(layout.about())) {
    // Not even the rest of a log: a wrong directory, or an empty mount.
    if (!is_there(layout.checkpoint()) && !is_there(layout.records())) {
      return forward(about.error());
    }
    findings.add(Finding::missing_file, {}, where, "it is not there");
  } else if (!about && about.error().kind == Failure::Kind::conflict) {
    findings.add(Finding::modified, {}, where, about.error().message);
  } else if (!about) {
    return forward(about.error());
  } else if (about->vkey != key.text() || about->origin != key.name()) {
    findings.add(Finding::modified, {}, where,
                 cat("it names the key ", text::quoted(about->vkey, 200),
                     ", the log is verified with ", key.text()));
  }
  return {};
}

// Reads the segments, several at once.
class Reading {
 public:
  Reading(const Layout& layout, const VerifyOptions& options, const Claims& claims,
          const std::vector<SegmentTask>& tasks, Findings& findings)
      : layout_(layout),
        options_(options),
        claims_(claims),
        tasks_(tasks),
        findings_(findings),
        facts_(tasks.size()) {}

  Result<std::vector<SegmentFacts>> run(Report& report) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t wanted = options_.threads == 0 ? cores : options_.threads;
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(wanted, tasks_.size()); ++i) {
      threads.emplace_back([this] { work(); });
    }
    work();
    for (std::thread& thread : threads) thread.join();
    if (failure_) return forward(*failure_);
    report.bytes = bytes_;
    report.redacted = redacted_;
    return std::move(facts_);
  }

 private:
  void work() {
    for (;;) {
      const std::size_t i = next_.fetch_add(1);
      if (i >= tasks_.size()) return;
      Findings found(options_.most_findings);
      auto facts = read(i, found);
      const std::lock_guard lock(mutex_);
      findings_.take(std::move(found));
      if (facts) {
        bytes_ += facts->bytes;
        facts_[i] = std::move(*facts);
      } else if (!failure_) {
        failure_ = std::move(facts).error();
        next_ = tasks_.size();
      }
    }
  }

  Result<SegmentFacts> read(std::size_t i, Findings& found) {
    if (options_.quick && i + 1 < tasks_.size()) {
      auto facts = sum_up_segment(layout_, claims_, tasks_[i], found);
      if (!facts) return forward(std::move(facts).error());
      if (*facts) return std::move(**facts);
    }
    auto facts = walk_segment(layout_, options_.key, claims_, tasks_[i], found);
    if (!facts) return facts;
    auto checked = check_redactions(layout_, options_.key, facts->stubs, tasks_.back().last, found);
    if (!checked) return forward(std::move(checked).error());
    redacted_ += facts->stubs.size();
    facts->stubs = {};
    return facts;
  }

  const Layout& layout_;
  const VerifyOptions& options_;
  const Claims& claims_;
  const std::vector<SegmentTask>& tasks_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> redacted_{0};
  std::mutex mutex_;  // for what follows
  Findings& findings_;
  std::vector<SegmentFacts> facts_;
  std::uint64_t bytes_ = 0;
  std::optional<Failure> failure_;
};

void find_foreign_segments(const Layout& layout, const Lengths& lengths, std::uint64_t size,
                           Findings& findings) {
  for (const auto& [index, length] : lengths) {
    if (index << kSegmentBits < size || length == 0) continue;
    findings.add(Finding::foreign_tail, index << kSegmentBits,
                 cat("records/", layout.segment(index).filename().native()),
                 cat("no record of this file was ever committed, but it has ", length, " bytes"));
  }
}

}  // namespace

Result<Report> verify(const Layout& layout, const VerifyOptions& options) {
  Findings findings(options.most_findings);
  if (auto about = check_about(layout, options.key, findings); !about) {
    return forward(std::move(about).error());
  }
  // Before the claims are read: whatever stands there by then has been committed by then.
  const auto lengths = measure_segments(layout);
  if (!lengths) return forward(lengths.error());
  const auto claims = read_claims(layout, options, findings);
  if (!claims) return forward(claims.error());

  Report report;
  report.records = claims->size();
  if (!claims->head_root()) {
    const auto count = count_records(layout, *lengths);
    if (!count) return forward(count.error());
    report.records = *count;
  }
  const auto tasks = plan(report.records, *lengths, *claims);
  find_foreign_segments(layout, *lengths, report.records, findings);
  const auto facts = Reading(layout, options, *claims, tasks, findings).run(report);
  if (!facts) return forward(facts.error());
  const auto root = compare_tree(layout, *claims, tasks, *facts, findings);
  if (!root) return forward(root.error());
  report.head = {options.key.name(), report.records, claims->head_root().value_or(*root)};
  if (options.strict) {
    if (auto checked = check_records(layout, report.records, findings); !checked) {
      return forward(std::move(checked).error());
    }
    if (auto checked = find_duplicate_keys(layout, report.records, findings); !checked) {
      return forward(std::move(checked).error());
    }
  }
  std::move(findings).report_to(report);
  return report;
}

}  // namespace stagegate::audit
