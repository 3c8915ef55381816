#include "common/audit/log/proven.hpp"

#include <set>
#include <utility>
#include <vector>

#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

// The tree of the first `size` records. Its nodes may come from anywhere: with a wrong one, or with
// a wrong record after it, the tree would not grow into the one that is signed.
Result<Frontier> frontier_at(const View& view, std::uint64_t size) {
  const NodeSource node = nodes_of(view);
  std::vector<Hash> peaks;
  std::uint64_t first = 0;
  for (unsigned level = 63; level-- > 0;) {
    const std::uint64_t width = std::uint64_t{1} << level;
    if ((size & width) == 0) continue;
    const auto peak = node(level, first >> level);
    if (!peak) return forward(peak.error());
    peaks.push_back(*peak);
    first += width;
  }
  auto frontier = Frontier::of(size, std::move(peaks));
  if (!frontier) return unknown(cat("no tree of ", size, " records can be made"));
  return *std::move(frontier);
}

auto tampered(std::string_view what) {
  return fail(Failure::Kind::conflict, cat(what, ": run audit-writer verify"));
}

// The record that this one says has been redacted.
std::optional<std::uint64_t> redacted_by(std::string_view line) {
  if (line.find(R"("event":"redacted")") == std::string_view::npos) return std::nullopt;
  const auto record = text::parse_json(line);
  if (!record || record->text("type") != "log") return std::nullopt;
  const text::Json* log = record->find("log");
  const text::Json* redacts = log == nullptr ? nullptr : log->find("redacts");
  const auto seq = redacts == nullptr ? std::nullopt : redacts->integer();
  if (!seq) return std::nullopt;
  return static_cast<std::uint64_t>(*seq);
}

}  // namespace

Result<> each_proven(const View& view, std::uint64_t from, const Visit& visit) {
  auto frontier = frontier_at(view, from);
  if (!frontier) return forward(frontier.error());
  std::set<std::uint64_t> taken_out;
  bool goes_on = true;
  auto read = view.each(from, [&](const Line& line) {
    frontier->push(stored_leaf(line.text));
    if (parse_stub(line.text)) {
      taken_out.insert(line.seq);
      return Next::go_on;
    }
    if (const auto redacted = redacted_by(line.text)) taken_out.erase(*redacted);
    // Whoever has seen enough has not seen whether it is true.
    if (goes_on) goes_on = visit(line) == Next::go_on;
    return Next::go_on;
  });
  if (!read) return read;
  if (*frontier != view.frontier()) {
    return tampered(cat("the records from ", from, " on are not those that were signed"));
  }
  if (taken_out.empty()) return {};
  return tampered(
      cat("record ", *taken_out.begin(), " has been taken out without a record that says so"));
}

}  // namespace stagegate::audit
