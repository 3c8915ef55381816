// Any bytes as a draft, which people and programs write, and as a line of a log, which whoever may
// write its files fills. A draft that is taken, once tidied, becomes a line that is a record and
// says the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/audit/record/record.hpp"
#include "plugins/audit-writer/query/record.hpp"

using namespace stagegate;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void read(std::string_view line) {
  const auto record = audit_writer::parse_record({.seq = 7, .text = line});
  if (!record) {
    demand(record.error().kind == Failure::Kind::unknown);
    return;
  }
  (void)record->event();
  (void)record->actor("operator");
  (void)record->is_break_glass();
  if (record->redacted_by) return;
  if (const auto fits = audit::check_record(record->json); !fits) {
    demand(!fits.error().message.empty());
  }
}

void write(std::string_view bytes) {
  const auto json = text::parse_json(bytes);
  if (!json) return;
  const audit::Draft draft = audit::tidy(*json);
  if (!audit::check_draft(draft)) return;
  audit::Place place;
  place.seq = 7;
  place.writer.set("tool", "t").set("version", "1");
  const auto line = audit::compose_line(draft, place);
  if (!line) {
    demand(line.error().kind == Failure::Kind::usage);
    return;
  }
  demand(line->size() <= audit::kLongestLine);
  for (const char c : *line) demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  const auto head = audit::read_head(*line);
  demand(head && head->seq == 7);
  const auto record = text::parse_json(*line);
  demand(record && audit::check_record(*record));
  demand(audit::same_meaning(*record, draft));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  write(bytes);
  return 0;
}
