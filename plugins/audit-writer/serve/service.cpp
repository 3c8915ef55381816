#include "plugins/audit-writer/serve/service.hpp"

#include <cstdio>

#include "common/audit/log/recent_keys.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/html/html.hpp"
#include "common/http/answers.hpp"
#include "common/http/bearer.hpp"
#include "common/log/log.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/export/csv.hpp"
#include "plugins/audit-writer/query/proof.hpp"
#include "plugins/audit-writer/serve/page.hpp"
#include "plugins/audit-writer/serve/submission.hpp"

namespace stagegate::audit_writer {
namespace {

using http::fresh;
using http::fresh_json;
using http::ServerResponse;
using text::cat;
using text::Json;

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::size_t kLongestCheckpoint = std::size_t{64} << 10;
// Of an answer with records; one more page of read_history() may go beyond it.
constexpr std::size_t kLongestPage = std::size_t{8} << 20;

// "no" with a list of its reasons.
ServerResponse faults(int status, std::string_view message) {
  Json::Array list;
  for (const auto line : text::split(message, '\n')) list.emplace_back(line);
  return fresh_json(Json()
                        .set("status", status)
                        .set("error", http::reason_phrase(status))
                        .set("message", message)
                        .set("faults", std::move(list)),
                    status);
}

ServerResponse try_again(const Failure& failure) {
  auto response = faults(503, failure.message);
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

std::optional<std::uint64_t> number(const http::ServerRequest& request) {
  const std::string* text = request.param("seq");
  const auto value = text == nullptr ? std::nullopt : text::parse_int(*text);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

Json moment_json(const std::optional<Moment>& moment) {
  if (!moment) return {};
  return Json()
      .set("seq", moment->seq)
      .set("ts", moment->ts)
      .set("event", moment->event)
      .set("image_tag", moment->image_tag)
      .set("operator", moment->operator_name)
      .set("operator_verified", moment->verified)
      .set("source_stage", moment->source_stage)
      .set("notes", moment->notes)
      .set("break_glass", moment->break_glass)
      .set("rollback", moment->rollback);
}

Json gate_json(const GateWord& word) {
  return Json()
      .set("state", name_of(word.state))
      .set("message", word.message)
      .set("changes_at", word.changes_at.empty() ? Json() : Json(word.changes_at))
      .set("changes_in_seconds",
           word.changes_in ? Json(std::int64_t{word.changes_in->count()}) : Json());
}

// A long page as text, put together from short ones: parsed records take ten times the memory.
struct LongPage {
  std::string text;
  std::optional<std::uint64_t> next;
  bool searched_all = true;
};
using Render = std::string (*)(const Record&);

Result<LongPage> read_long_page(const RecordSource& source, HistoryQuestion question,
                                Render render) {
  LongPage whole;
  while (true) {
    const auto page = read_history(source, question);
    if (!page) return forward(page.error());
    for (const Record& record : page->records) whole.text += render(record);
    whole.next = page->next;
    whole.searched_all = page->searched_all;
    question.limit -= page->records.size();
    question.before = page->next;
    const bool goes_on = page->next && page->searched_all && !page->records.empty();
    if (!goes_on || question.limit == 0 || whole.text.size() > kLongestPage) return whole;
  }
}

// With a comma behind it.
std::string json_row(const Record& record) {
  return text::harmless(record.json.dump()) + ",";
}

}  // namespace

AuditService::AuditService(Desk desk, http::Metrics& metrics)
    : desk_(std::move(desk)), metrics_(metrics), audit_metrics_(metrics) {}

http::Router AuditService::router() {
  http::Handler storing = [](const Request&) {
    return http::error_response(403, "this service only reads: it was given no token");
  };
  if (desk_.scribe != nullptr) {
    storing = http::require_bearer(desk_.options.tokens,
                                   [this](const Request& request) { return store(request); });
  }
  http::Router router;
  router.add("GET", "/", [this](const Request& request) { return page(request); })
      .add("POST", "/v1/records", std::move(storing))
      .add("GET", "/v1/records", [this](const Request& request) { return records(request); })
      .add("GET", "/v1/records/{seq}", [this](const Request& request) { return record(request); })
      .add("GET", "/v1/stages", [this](const Request&) { return stages(); })
      .add("GET", "/v1/checkpoint", [this](const Request&) { return checkpoint(); })
      .add("GET", "/v1/proof/{seq}", [this](const Request& request) { return proof(request); })
      .add("GET", "/healthz", [](const Request&) { return fresh(kText, "ok\n"); })
      .add("GET", "/readyz", [this](const Request&) { return ready(); })
      .add("GET", "/metrics", [this](const Request&) { return metrics_page(); });
  return router;
}

http::ServerResponse AuditService::store(const Request& request) {
  const auto draft = parse_submission(request.body);
  if (!draft) {
    audit_metrics_.count("refused");
    return faults(400, draft.error().message);
  }
  const auto appended = desk_.scribe->store(*draft);
  return appended ? stored(*appended) : not_stored(*draft, appended.error());
}

http::ServerResponse AuditService::stored(const audit::Appended& appended) {
  audit_metrics_.count(appended.duplicate ? "duplicate" : "stored");
  for (const auto& warning : appended.warnings) log::warning(warning);
  // So that who asks next finds the record.
  desk_.follower.follow(desk_.now());
  Json warnings(Json::Array{});
  for (const auto& warning : appended.warnings) warnings.push(warning);
  auto response = fresh_json(Json()
                                 .set("schema", 1)
                                 .set("seq", appended.seq)
                                 .set("size", appended.size)
                                 .set("root", crypto::base64(appended.root))
                                 .set("duplicate", appended.duplicate)
                                 .set("checkpoint", appended.checkpoint)
                                 .set("warnings", std::move(warnings)),
                             appended.duplicate ? 200 : 201);
  response.headers.emplace_back("Location", cat("/v1/records/", appended.seq));
  return response;
}

http::ServerResponse AuditService::not_stored(const audit::Draft& draft, const Failure& failure) {
  if (failure.kind == Failure::Kind::usage) {
    audit_metrics_.count("refused");
    return faults(400, failure.message);
  }
  if (failure.kind == Failure::Kind::conflict && holds_another(draft)) {
    audit_metrics_.count("conflict");
    return faults(409, failure.message);
  }
  audit_metrics_.count("failed");
  log::error(cat("a record could not be stored: ", failure.message));
  // Should nobody try again, the record is not lost: `audit-writer import` reads this line.
  std::printf("%s\n", audit::pending_line(draft).c_str());
  std::fflush(stdout);
  return try_again(failure);
}

// Of the conflicts only this one is the caller's: the key stands for another record. Everything
// else is wrong with the log.
bool AuditService::holds_another(const audit::Draft& draft) const {
  const auto view = audit::View::open(desk_.layout, desk_.trusted.key);
  if (!view) return false;
  const auto idem = draft.text("idem");
  bool found = false;
  const ViewSource source(*view);
  const auto read = each_record_with(source, audit::key_member(idem), 0, [&](const Record& record) {
    found = record.text("idem") == idem && !audit::same_meaning(record.json, draft);
    return found ? audit::Next::stop : audit::Next::go_on;
  });
  return read && found;
}

http::ServerResponse AuditService::records(const Request& request) const {
  const auto question = parse_history(request.query, desk_.now(), {"format"});
  if (!question) return faults(400, question.error().message);
  const std::string* format = request.parameter("format");
  const bool csv = format != nullptr && *format == "csv";
  if (format != nullptr && !csv && !format->empty() && *format != "json") {
    return faults(400, cat("format: ", text::quoted(*format), " is not one of json, csv"));
  }
  const Look look = desk_.follower.look(desk_.now());
  if (!look.view) return try_again({Failure::Kind::unknown, look.failure});
  const ViewSource source(*look.view);
  auto page = read_long_page(source, *question, csv ? csv_row : json_row);
  if (!page) return try_again(page.error());
  const std::string filter = show_query(request.query);
  const std::string next = page->next
                               ? cat("/v1/records?before=", *page->next, "&limit=", question->limit,
                                     filter.empty() ? "" : "&", filter)
                               : "";
  if (csv) {
    page->text.insert(0, csv_head());
    auto response = fresh("text/csv; charset=utf-8; header=present", std::move(page->text));
    // A table has no place for it (RFC 8288).
    if (!next.empty()) {
      response.headers.emplace_back("Link", cat("<", next, "&format=csv>; rel=\"next\""));
    }
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"promotions.csv\"");
    return response;
  }
  if (!page->text.empty()) page->text.pop_back();
  page->text.insert(0, cat("{\"schema\":1,\"size\":", look.size(), ",\"records\":["));
  page->text += cat("],\"searched_all\":", page->searched_all ? "true" : "false",
                    ",\"next\":", (next.empty() ? Json() : Json(next)).dump(), "}\n");
  return fresh("application/json", std::move(page->text));
}

// The record's own bytes, so that whoever has them can compute its leaf hash.
http::ServerResponse AuditService::record(const Request& request) const {
  const auto seq = number(request);
  if (!seq) return faults(400, "a record has a number, from 0 on");
  const Look look = desk_.follower.look(desk_.now());
  if (!look.view) return try_again({Failure::Kind::unknown, look.failure});
  if (*seq >= look.size()) {
    return faults(404, cat("there is no record ", *seq, ": the log has ", look.size()));
  }
  auto line = look.view->line(*seq);
  if (!line) return try_again(line.error());
  return fresh("application/json", *std::move(line));
}

http::ServerResponse AuditService::stages() const {
  const Look look = desk_.follower.look(desk_.now());
  Json::Array list;
  for (const StageNow& stage : look.stages) {
    list.push_back(Json()
                       .set("stage", stage.name)
                       .set("enabled", stage.enabled)
                       .set("image_tag", stage.current ? Json(stage.current->image_tag) : Json())
                       .set("since", stage.current ? Json(stage.current->ts) : Json())
                       .set("operator", stage.current ? Json(stage.current->operator_name) : Json())
                       .set("current", moment_json(stage.current))
                       .set("latest", moment_json(stage.latest))
                       .set("gate", gate_json(gate_of(stage.name))));
  }
  const auto read_at = look.read_at;
  return fresh_json(Json()
                        .set("schema", 1)
                        .set("size", look.size())
                        .set("read_at", read_at ? Json(audit::show(*read_at)) : Json())
                        .set("stale", look.stale(desk_.now()))
                        .set("stages", std::move(list)));
}

http::ServerResponse AuditService::checkpoint() const {
  auto note = fs::read_file(desk_.layout.checkpoint(), kLongestCheckpoint);
  if (!note) return try_again(note.error());
  if (const auto good = audit::open_checkpoint(*note, desk_.trusted.key); !good) {
    return try_again(good.error());
  }
  return fresh(kText, *std::move(note));
}

http::ServerResponse AuditService::proof(const Request& request) const {
  const auto seq = number(request);
  if (!seq) return faults(400, "a record has a number, from 0 on");
  // The checkpoint first: the log that is read after it is never smaller.
  const auto note = fs::read_file(desk_.layout.checkpoint(), kLongestCheckpoint);
  if (!note) return try_again(note.error());
  const auto head = audit::open_checkpoint(*note, desk_.trusted.key);
  if (!head) return try_again(head.error());
  if (*seq >= head->size) {
    return faults(404,
                  cat("no checkpoint speaks of record ", *seq, ": it is of size ", head->size));
  }
  const auto view = audit::View::open(desk_.layout, desk_.trusted.key);
  if (!view) return try_again(view.error());
  const auto path = audit::inclusion_proof(audit::nodes_of(*view), *seq, head->size);
  if (!path) return try_again(path.error());
  return fresh(kText, show_proof(*seq, *path, *note));
}

http::ServerResponse AuditService::ready() const {
  const Look look = desk_.follower.look(desk_.now());
  if (look.stale(desk_.now())) {
    return fresh(kText, cat("the log cannot be read: ", look.failure, "\n"), 503);
  }
  if (desk_.scribe != nullptr && desk_.scribe->stuck()) {
    return fresh(kText, "the log's file system does not answer\n", 503);
  }
  return fresh(kText, "ready\n");
}

GateWord AuditService::gate_of(const std::string& stage) const {
  if (desk_.gate == nullptr) return {.state = GateState::not_asked};
  return desk_.gate->word(stage);
}

http::ServerResponse AuditService::metrics_page() const {
  const Look look = desk_.follower.look(desk_.now());
  audit_metrics_.look(look, desk_.inspector.inspections(), desk_.now());
  if (desk_.gate != nullptr) {
    for (const StageNow& stage : look.stages) audit_metrics_.gate(stage.name, gate_of(stage.name));
  }
  return fresh(http::Metrics::content_type, metrics_.text());
}

http::ServerResponse AuditService::page(const Request& request) const {
  const auto now = desk_.now();
  Page page{.now = now,
            .origin = desk_.trusted.key.name(),
            .key_pinned = desk_.trusted.pinned,
            .look = desk_.follower.look(now),
            .gates = {},
            .inspections = desk_.inspector.inspections(),
            .query = request.query,
            .history = HistoryPage{}};
  for (const StageNow& stage : page.look.stages) page.gates.push_back(gate_of(stage.name));
  int status = 200;
  if (const auto question = parse_history(request.query, now); !question) {
    page.history = forward(question.error());
    status = 400;
  } else if (page.look.view) {
    page.history = read_history(ViewSource(*page.look.view), *question);
  }
  const std::string nonce = html::fresh_nonce();
  auto response = fresh("text/html; charset=utf-8", page_html(page, nonce), status);
  response.headers.emplace_back("Content-Security-Policy",
                                html::page_policy(nonce, "'self'") + "; connect-src 'self'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace stagegate::audit_writer
