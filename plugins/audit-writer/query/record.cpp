#include "plugins/audit-writer/query/record.hpp"

#include "common/audit/record/stub.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

// Lets the first failure end the visit.
class Visiting {
 public:
  explicit Visiting(const RecordVisit& visit) : visit_(visit) {}

  audit::Next operator()(const audit::Line& line) {
    const auto record = parse_record(line);
    if (record) return visit_(*record);
    failure_ = record.error();
    return audit::Next::stop;
  }

  Result<> result(Result<> visited) const {
    if (failure_) return forward(*failure_);
    return visited;
  }

 private:
  const RecordVisit& visit_;
  std::optional<Failure> failure_;
};

}  // namespace

std::string Record::event() const {
  return cat(text("type"), ".", text("event"));
}

bool Record::is(std::string_view type, std::string_view event) const {
  return text("type") == type && text("event") == event;
}

std::string_view Record::actor(std::string_view key) const {
  const auto* actor = json.find(key);
  return actor == nullptr ? std::string_view() : actor->text("name");
}

bool Record::is_break_glass() const {
  return json.find("break_glass") != nullptr || is("gate", "overridden");
}

Result<Record> parse_record(const audit::Line& line) {
  if (const auto stub = audit::parse_stub(line.text)) {
    return Record{.seq = line.seq, .json = {}, .redacted_by = stub->by};
  }
  auto json = text::parse_json(line.text);
  if (!json) {
    return unknown(cat("record ", line.seq, " is no JSON (", json.error().message,
                       "): run `audit-writer verify`"));
  }
  const auto* version = json->find("v");
  const auto number = version == nullptr ? std::nullopt : version->integer();
  if (number != 1) {
    return unknown(cat("record ", line.seq,
                       " has v:", version == nullptr ? std::string("none") : version->dump(),
                       "; this program knows v:1: use a newer one"));
  }
  Record record{.seq = line.seq, .json = *std::move(json)};
  if (const auto at = audit::parse_stamp(record.text("ts"))) record.at = *at;
  return record;
}

Result<> each_record(const RecordSource& source, std::uint64_t from, const RecordVisit& visit) {
  Visiting visiting(visit);
  return visiting.result(source.each(from, std::ref(visiting)));
}

Result<> each_record_with(const RecordSource& source, std::string_view needle, std::uint64_t from,
                          const RecordVisit& visit) {
  if (needle.empty()) return each_record(source, from, visit);
  Visiting visiting(visit);
  return visiting.result(source.each_with(needle, from, std::ref(visiting)));
}

Result<> each_record_backwards(const RecordSource& source, const RecordVisit& visit) {
  Visiting visiting(visit);
  return visiting.result(source.each_backwards(std::ref(visiting)));
}

std::string member_needle(std::string_view key, std::string_view value) {
  return cat("\"", key, "\":\"", value);
}

}  // namespace stagegate::audit_writer
