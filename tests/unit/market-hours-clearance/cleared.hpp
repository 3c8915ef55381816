// A gate with an audit log in a directory of its own, and a clock that the test sets.
#pragma once

#include "plugins/market-hours-check/clearance/clearance.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

namespace stagegate::market_hours {

// Tuesday, 2026-11-24: the session is from 14:30Z to 21:00Z.
inline const std::string kOpen = "2026-11-24T18:00:00Z";
inline const std::string kAfterClose = "2026-11-24T21:00:00Z";

inline audit::Passage passage(const std::string& promotion = "live.01a",
                              const std::string& stage = "live") {
  audit::Passage passage;
  passage.gate = kGateName;
  passage.project = "stonks";
  passage.target_stage = stage;
  passage.image_tag = "abc123";
  passage.promotion = promotion;
  passage.consumer = promotion;
  passage.promoter = "bob@example.com";
  return passage;
}

inline audit::Actor ann() {
  return {.name = "ann@example.com", .kind = "human", .via = "oidc", .raw = {}, .verified = true};
}

class Cleared {
 public:
  explicit Cleared(ClearanceRules rules = {}) : rules_(std::move(rules)) {
    const auto key = audit::SigningKey::generate("stonks-audit");
    settings.audit_log = (directory_ / "log").string();
    settings.audit_key = settings::Secret(key.text());
    audit::LogOptions options;
    options.now = [this] { return now_; };
    std::filesystem::create_directory(settings.audit_log);
    REQUIRE(audit::Log::init(audit::Layout{settings.audit_log}, key, options));
    restart();
  }

  // As a new process would be: nothing remembered.
  void restart() {
    books = std::make_shared<Books>(
        settings, audit::GrantRules{.require_second_person = rules_.require_second_person},
        [this] { return now_; });
    clearing.emplace(rules_, books);
  }

  void at(const std::string& instant) {
    const auto parsed = time::parse_instant(instant);
    REQUIRE(parsed);
    now_ = audit::Stamp(*parsed);
  }

  Verdict verdict() const {
    const auto judged = gate_.judge("live", std::chrono::floor<std::chrono::seconds>(now_));
    REQUIRE(judged);
    return *judged;
  }

  Result<Clearance> ask(const audit::Passage& who = passage(), bool simulated = false) {
    return clearing->clear(verdict(), who, simulated);
  }
  Clearance answer(const audit::Passage& who = passage()) {
    auto cleared = ask(who);
    REQUIRE(cleared);
    return *cleared;
  }

  void grant(const std::string& tag = "abc123", const std::string& promotion = "") {
    audit::GrantRequest request;
    request.scope = {.gate = kGateName,
                     .project = "stonks",
                     .target_stage = "live",
                     .image_tag = tag,
                     .promotion = promotion};
    request.granter = ann();
    request.justification = "orders are lost, INC-42";
    append(audit::grant_draft(request, now_));
  }
  void approve(bool approved = true, const std::string& promotion = "") {
    audit::ApprovalRequest request;
    request.approved = approved;
    request.project = "stonks";
    request.target_stage = "live";
    request.image_tag = "abc123";
    request.promotion = promotion;
    request.approver = ann();
    request.note = "tested on paper for a week";
    append(audit::approval_draft(request));
  }
  void append(const Result<audit::Draft>& draft) {
    REQUIRE(draft);
    REQUIRE(books->append(*draft));
  }

  // "gate.blocked", ... without log.init.
  std::vector<std::string> events() const {
    std::vector<std::string> names;
    for (const auto& record : records()) {
      names.push_back(std::string(record.text("type")) + "." + std::string(record.text("event")));
    }
    names.erase(names.begin());
    return names;
  }
  std::vector<text::Json> records() const {
    std::vector<text::Json> all;
    const auto view = audit::open_view(settings);
    REQUIRE(view);
    REQUIRE(view->each(0, [&](const audit::Line& line) {
      all.push_back(text::parse_json(line.text).value());
      return audit::Next::go_on;
    }));
    return all;
  }
  std::string sentence(const Clearance& clearance) const {
    return headline(gate_, verdict(), clearance);
  }

  audit::LogSettings settings;
  std::shared_ptr<Books> books;
  std::optional<Clearing> clearing;

 private:
  static Gate open_gate() {
    GateSettings settings;
    settings.calendar = "xnys";
    return Gate::open(settings).value();
  }
  tests::Directory directory_;
  ClearanceRules rules_;
  Gate gate_ = open_gate();
  audit::Stamp now_{time::parse_instant(kOpen).value()};
};

}  // namespace stagegate::market_hours
