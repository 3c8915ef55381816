#include "common/audit/log/layout.hpp"
#include "common/audit/log/slot.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/golden.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

// The slot of record `seq`, whose segment holds `before` bytes already.
Slot slot_at(std::uint64_t seq, std::uint64_t before, std::string line = R"({"v":1})") {
  Slot slot;
  for (std::uint64_t i = 0; i < seq; ++i) slot.frontier.push(leaf_hash(std::to_string(i)));
  slot.line = std::move(line);
  slot.seq = seq;
  slot.start = before;
  slot.end = before + slot.line.size() + 1;
  slot.leaf = leaf_hash(slot.line);
  slot.frontier.push(slot.leaf);
  return slot;
}

void check_refused(const std::string& bytes, const VerifyKey& key) {
  const auto opened = open_slot(bytes, key);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == Failure::Kind::conflict);
}

}  // namespace

TEST_CASE("the golden log's slot opens, and says where its record stands") {
  const auto key = tests::golden_key();
  if (!key) return;
  const auto slot = open_slot(tests::golden("slot-0000000004").value(), *key);
  REQUIRE(slot);
  const std::string records = tests::golden("records-0000000000.jsonl").value();
  CHECK(slot->seq == 4);
  CHECK(records.substr(slot->start, slot->end - slot->start) == slot->line + "\n");
  CHECK(slot->end == records.size());
  Frontier frontier;
  for (const std::string_view line : text::split(text::trim(records), '\n')) {
    frontier.push(leaf_hash(line));
  }
  CHECK(slot->frontier == frontier);
}

TEST_CASE("a slot has the bytes that the format says") {
  const SigningKey key = SigningKey::generate("log.example");
  const Slot slot = slot_at(2, 30);
  const std::string bytes = sign_slot(slot, key);
  const std::string claim =
      text::cat("stagegate-slot/1 2 30 38 2 ", crypto::base64(slot.frontier.peaks()[0]), " ",
                crypto::base64(slot.frontier.peaks()[1]), "\n", crypto::base64(slot.leaf), "\n");
  CHECK(bytes == text::cat(slot.line, "\n", key.sign(claim)));
}

TEST_CASE("a slot opens as it was signed, in every segment") {
  const SigningKey key = SigningKey::generate("log.example");
  for (const std::uint64_t seq : {0u, 1u, 2u, 7u, 255u, 256u, 1000u}) {
    const Slot slot = slot_at(seq, seq == 0 ? 0 : 800 * seq);
    const auto opened = open_slot(sign_slot(slot, key), key.verify_key());
    REQUIRE(opened);
    CHECK(opened->line == slot.line);
    CHECK(opened->seq == slot.seq);
    CHECK(opened->start == slot.start);
    CHECK(opened->end == slot.end);
    CHECK(opened->leaf == slot.leaf);
    CHECK(opened->frontier == slot.frontier);
  }
  Slot first_of_second = slot_at(0, 0);
  first_of_second.seq = kSegmentLines;
  first_of_second.frontier =
      *Frontier::of(kSegmentLines + 1, {leaf_hash("a"), first_of_second.leaf});
  CHECK(open_slot(sign_slot(first_of_second, key), key.verify_key()));
}

TEST_CASE("a slot with any byte changed or missing is a conflict") {
  const SigningKey key = SigningKey::generate("log.example");
  const std::string bytes = sign_slot(slot_at(2, 30), key);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    check_refused(changed, key.verify_key());
    check_refused(bytes.substr(0, at), key.verify_key());
  }
  // What an asynchronous NFS server leaves after a power cut.
  check_refused(std::string(bytes.size(), '\0'), key.verify_key());
}

TEST_CASE("a signed slot that contradicts itself is a conflict") {
  const SigningKey key = SigningKey::generate("log.example");
  Slot other_leaf = slot_at(2, 30);
  other_leaf.line = R"({"v":2})";
  Slot wrong_length = slot_at(2, 30);
  ++wrong_length.end;
  Slot backwards = slot_at(2, 30);
  std::swap(backwards.start, backwards.end);
  Slot not_at_the_start = slot_at(0, 30);
  Slot at_the_start = slot_at(2, 0);
  Slot wrong_peaks = slot_at(2, 30);
  wrong_peaks.frontier = slot_at(3, 30).frontier;
  for (const Slot& slot :
       {other_leaf, wrong_length, backwards, not_at_the_start, at_the_start, wrong_peaks}) {
    check_refused(sign_slot(slot, key), key.verify_key());
  }
}

TEST_CASE("a checkpoint of the same key is never taken for a slot's note") {
  const SigningKey key = SigningKey::generate("log.example");
  const Slot slot = slot_at(0, 0);
  const std::string checkpoint = text::cat("log.example\n1\n", crypto::base64(slot.leaf), "\n");
  check_refused(text::cat(slot.line, "\n", key.sign(checkpoint)), key.verify_key());
}
