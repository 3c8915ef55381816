#include "common/audit/verify/redactions.hpp"

#include <map>
#include <string>
#include <utility>

#include "common/audit/record/record.hpp"
#include "common/audit/verify/claims.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/line_reader.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

// By the record that has to speak of it; one record speaks of one.
using Wanted = std::map<std::uint64_t, Stub>;

bool speaks_of(std::string_view line, const Stub& stub) {
  const auto record = text::parse_json(line);
  if (!record || record->text("type") != "log" || record->text("event") != "redacted") return false;
  const text::Json* log = record->find("log");
  const text::Json* redacts = log == nullptr ? nullptr : log->find("redacts");
  return redacts != nullptr && redacts->integer() == static_cast<std::int64_t>(stub.seq) &&
         log->text("leaf") == crypto::hex(stub.leaf);
}

void strike_out(std::string_view line, Wanted& wanted) {
  const auto head = read_head(line);
  const auto found = head ? wanted.find(head->seq) : wanted.end();
  if (found != wanted.end() && speaks_of(line, found->second)) wanted.erase(found);
}

// Takes out what the records of one segment speak of.
Result<> look_in(const fs::Path& segment, Wanted& wanted) {
  auto reader = fs::LineReader::open(segment, kLongestLine);
  if (!reader) return forward(std::move(reader).error());
  for (;;) {
    const auto line = reader->next();
    if (!line) return forward(line.error());
    if (!*line) return {};
    const std::string_view text = (*line)->text;
    if (text.find(R"("event":"redacted")") != std::string_view::npos) strike_out(text, wanted);
  }
}

}  // namespace

Result<> check_redactions(const Layout& layout, const VerifyKey& key,
                          const std::vector<Stub>& stubs, std::uint64_t size, Findings& findings) {
  const auto complain = [&](const Stub& stub) {
    findings.add(Finding::unauthorised_redaction, stub.seq,
                 cat("records/", layout.segment(stub.seq >> kSegmentBits).filename().native()),
                 cat("the record has been taken out, and record ", stub.by,
                     ", which should say so, does not"));
  };
  std::map<std::uint64_t, Wanted> by_segment;
  for (const Stub& stub : stubs) {
    const bool possible = stub.by > stub.seq && stub.by < size;
    if (!possible || !by_segment[stub.by >> kSegmentBits].emplace(stub.by, stub).second) {
      complain(stub);
    }
  }
  for (auto& [segment, wanted] : by_segment) {
    std::error_code error;
    if (std::filesystem::exists(layout.segment(segment), error)) {
      if (auto looked = look_in(layout.segment(segment), wanted); !looked) return looked;
    }
    for (const auto& [by, stub] : wanted) {
      // Its line may not have been written yet.
      const auto slot = read_slot_again(layout, key, by);
      if (!slot || !speaks_of(slot->line, stub)) complain(stub);
    }
  }
  return {};
}

}  // namespace stagegate::audit
