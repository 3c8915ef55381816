#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;

namespace {

// A log of these records, signed by its own writer: what --strict is about is not tampering.
class WrittenLog {
 public:
  explicit WrittenLog(std::vector<std::string> members) {
    const auto line = [&](std::uint64_t seq, const Hash& prev) {
      const std::string number = std::to_string(seq);
      return text::cat(R"({"v":1,"seq":)", seq, R"(,"prev":")", crypto::hex(prev), R"(",)",
                       members[seq], R"(,"writer":{"tool":"t","version":"1"},"id":")", id(seq),
                       R"(","salt":"aaaaaaaaaaaaaaaaaaaaaa"})");
    };
    tests::make_log(layout_, key_, members.size(), line);
  }
  static std::string id(std::uint64_t seq) {
    const std::string number = std::to_string(seq);
    return std::string(26 - number.size(), '0') + number;
  }
  std::string findings() const {
    VerifyOptions options{.key = key_.verify_key()};
    CHECK(verify(layout_, options)->faultless());
    options.strict = true;
    return in_short(verify(layout_, options).value());
  }

 private:
  tests::Directory directory_;
  Layout layout_{directory_ / "log"};
  SigningKey key_ = SigningKey::generate("log.example");
};

std::string at(int minute, std::string_view members) {
  return text::cat(R"("ts":"2026-01-01T00:)", minute < 10 ? "0" : "", minute, R"(:00.000Z",)",
                   members);
}

std::string log_record(int minute, std::string_view more = "") {
  return at(minute, text::cat(R"("type":"log","event":"anchored","log":{})", more));
}

std::string grant(int minute, std::string_view expires = "2026-01-01T00:30:00.000Z") {
  return at(
      minute,
      text::cat(
          R"("type":"break_glass","event":"grant","operator":{"name":"o","kind":"human"},)"
          R"("break_glass":{"justification":"market data outage","scope":{"gate":"market-hours",)"
          R"("target_stage":"live","image_tag":"abc"},"not_before":"2026-01-01T00:00:00.000Z",)"
          R"("expires_at":")",
          expires, R"(","max_uses":1})"));
}

std::string use(int minute, std::uint64_t granted, std::string_view consumer,
                std::string_view tag = "abc") {
  return at(
      minute,
      text::cat(
          R"("idem":"consume-)", minute, consumer,
          R"(","type":"break_glass","event":"consume","operator":{"name":"o","kind":"human"},)"
          R"("target_stage":"live","image_tag":")",
          tag, R"(","break_glass":{"grant":")", WrittenLog::id(granted), R"(","grant_seq":)",
          granted, R"(,"consumer":")", consumer, R"("})"));
}

std::string revoke(int minute, std::uint64_t granted) {
  return at(
      minute,
      text::cat(R"("type":"break_glass","event":"revoke","operator":{"name":"o","kind":"human"},)"
                R"("break_glass":{"grant":")",
                WrittenLog::id(granted), R"("})"));
}

}  // namespace

TEST_CASE("records that keep to the rules have nothing to fear from --strict") {
  CHECK(WrittenLog({log_record(1), grant(2), use(3, 1, "p1"), log_record(4)}).findings().empty());
  const tests::TamperedLog log;
  VerifyOptions options{.key = log.key().verify_key()};
  options.strict = true;
  CHECK(in_short(verify(log.layout(), options).value()).empty());
}

TEST_CASE(
    "strict verification finds records that break the schema's rules, though they are signed") {
  CHECK(WrittenLog({log_record(1), at(2, R"("type":"nonsense","event":"x")")}).findings() ==
        "MALFORMED 1");
  CHECK(WrittenLog({log_record(1), at(2, R"("type":"log" "event":)")}).findings() == "MALFORMED 1");
  CHECK(WrittenLog({log_record(1), log_record(2, R"(,"surprise":1)")}).findings() == "MALFORMED 1");
}

TEST_CASE("strict verification finds a clock that went back and a record that does not say so") {
  CHECK(WrittenLog({log_record(5), log_record(3)}).findings() == "CLOCK 1");
  CHECK(WrittenLog({log_record(5), log_record(3, R"(,"clock_behind_ms":120000)")})
            .findings()
            .empty());
  CHECK(WrittenLog({log_record(5), log_record(3, R"(,"clock_behind_ms":7)")}).findings() ==
        "CLOCK 1");
  CHECK(WrittenLog({log_record(5), log_record(6, R"(,"clock_behind_ms":7)")}).findings() ==
        "CLOCK 1");
}

TEST_CASE("strict verification finds one idempotency key in two records, however far apart") {
  CHECK(WrittenLog({log_record(1, R"(,"idem":"a")"), log_record(2, R"(,"idem":"b")"),
                    log_record(3, R"(,"idem":"a")")})
            .findings() == "DUPLICATE_KEY 2");
  // A member of that name further inside is not the record's.
  CHECK(WrittenLog({log_record(1, R"(,"x":{"idem":"a"})"), log_record(2, R"(,"idem":"a")"),
                    log_record(3, R"(,"x":{"idem":"a"},"idem":"c")")})
            .findings()
            .empty());
}

TEST_CASE(
    "strict verification finds a grant that was used twice, too late, for another tag, or "
    "revoked") {
  CHECK(WrittenLog({grant(1), use(2, 0, "p1"), use(3, 0, "p2")}).findings() == "GRANT_MISUSED 2");
  CHECK(WrittenLog({grant(1), use(31, 0, "p1")}).findings() == "GRANT_MISUSED 1");
  CHECK(WrittenLog({grant(1), use(2, 0, "p1", "other")}).findings() == "GRANT_MISUSED 1");
  CHECK(WrittenLog({grant(1), revoke(2, 0), use(3, 0, "p1")}).findings() == "GRANT_MISUSED 2");
  CHECK(WrittenLog({use(1, 1, "p1"), grant(2)}).findings() == "GRANT_MISUSED 0");
  CHECK(WrittenLog({grant(1, "2026-01-01T09:00:00.000Z")}).findings() == "GRANT_MISUSED 0");
}
