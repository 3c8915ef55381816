// Any bytes as what audit-writer's serve is told by others: the body of POST /v1/records, the query
// of the history, the gate's answer. Beyond "no crash": what is taken as a record keeps to the
// record's rules and to what a token may say, and no answer of a gate opens a stage by accident.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/http/target.hpp"
#include "plugins/audit-writer/serve/gate.hpp"
#include "plugins/audit-writer/serve/history.hpp"
#include "plugins/audit-writer/serve/submission.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void submit(std::string_view body) {
  const auto draft = parse_submission(body);
  if (!draft) {
    demand(draft.error().kind == Failure::Kind::usage && !draft.error().message.empty());
    return;
  }
  demand(audit::check_draft(*draft).has_value());
  demand(!draft->text("idem").empty());
  const auto type = draft->text("type");
  demand(type != "break_glass" && type != "log" && draft->text("event") != "approved");
  const auto* who = draft->find("operator");
  const auto* verified = who == nullptr ? nullptr : who->find("verified");
  demand(verified == nullptr || !*verified->boolean());
}

void ask_gate(std::string_view body) {
  const auto answer = parse_gate_answer(body);
  if (!answer) return;
  GateBook book;
  book.note(answer, {});
  for (const auto& [stage, word] : answer->stages) {
    if (word.state != GateState::allowed) continue;
    demand(body.find("true") != std::string_view::npos);
    const auto later = book.word(stage, GateBook::Clock::time_point{} + std::chrono::minutes(2));
    demand(later.state == GateState::unknown);
  }
}

void query(std::string_view raw) {
  const auto fields = http::parse_query(raw);
  if (!fields) return;
  const auto question = parse_history(*fields, audit::Stamp{});
  demand(!question || (question->limit > 0 && question->limit <= kMostRecords));
  // What goes into links can be read back.
  demand(http::parse_query(show_query(*fields)).has_value() || show_query(*fields).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  submit(bytes);
  ask_gate(bytes);
  query(bytes);
  return 0;
}
