// A log in memory, made of lines that a test writes itself.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/source.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {

class RecordLines : public RecordSource {
 public:
  // Gives the record what every record has; what `members` says wins. Returns its number.
  std::uint64_t add(const std::string& members) {
    const auto seq = lines_.size();
    const auto given = text::parse_json(members);
    REQUIRE(given);
    std::string digits = std::to_string(seq);
    text::Json line;
    line.set("v", 1).set("seq", std::uint64_t{seq}).set("prev", std::string(64, '0'));
    line.set("ts", given->find("ts") == nullptr ? "2026-11-21T06:30:00.123Z" : given->text("ts"));
    line.set("id", "01JD0000000000000000" + std::string(6 - digits.size(), '0') + digits)
        .set("salt", "AAAAAAAAAAAAAAAAAAAAAA")
        .set("writer", text::Json().set("tool", "audit-writer").set("version", "1.0"));
    for (const auto& [key, value] : *given->object()) line.set(key, value);
    lines_.push_back(line.dump());
    return seq;
  }
  std::uint64_t add_promotion(const std::string& event, const std::string& stage,
                              const std::string& tag, const std::string& ts,
                              const std::string& more = "{}") {
    text::Json members;
    members.set("ts", ts)
        .set("type", "promotion")
        .set("event", event)
        .set("operator", text::Json().set("name", "celes").set("kind", "human"))
        .set("project", "stonks")
        .set("source_stage", stage == "live" ? "paper" : "beta")
        .set("target_stage", stage)
        .set("image_tag", tag)
        .set("outcome", outcome_of(event))
        .set("source", text::Json().set("system", "kargo"));
    const auto given = text::parse_json(more);
    REQUIRE(given);
    for (const auto& [key, value] : *given->object()) members.set(key, value);
    return add(members.dump());
  }
  void add_line(std::string line) { lines_.push_back(std::move(line)); }
  const std::string& last() const { return lines_.back(); }

  std::uint64_t size() const override { return lines_.size(); }
  Result<> each(std::uint64_t from, const audit::Visit& visit) const override {
    return each_with("", from, visit);
  }
  Result<> each_backwards(const audit::Visit& visit) const override {
    for (auto seq = lines_.size(); seq-- > 0;) {
      if (visit({seq, lines_[seq]}) == audit::Next::stop) break;
    }
    return {};
  }
  Result<> each_with(std::string_view needle, std::uint64_t from,
                     const audit::Visit& visit) const override {
    for (auto seq = from; seq < lines_.size(); ++seq) {
      if (lines_[seq].find(needle) == std::string::npos) continue;
      if (visit({seq, lines_[seq]}) == audit::Next::stop) break;
    }
    return {};
  }
  Result<std::string> line(std::uint64_t seq) const override {
    if (seq >= lines_.size()) return usage(text::cat("no record ", seq));
    return lines_[seq];
  }

 private:
  static std::string outcome_of(const std::string& event) {
    if (event == "succeeded") return "success";
    if (event == "failed" || event == "errored") return "failure";
    return event == "blocked" ? "blocked" : "pending";
  }
  std::vector<std::string> lines_;
};

}  // namespace stagegate::audit_writer
