// Row by row: what somebody could do to a log without its key, and what verification says.
#include "common/audit/record/stub.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::in_short;
using tests::make_log;
using tests::TamperedLog;

namespace {

struct Row {
  const char* tampering;
  void (*tamper)(const TamperedLog&);
  const char* findings;
};

void change_old_record(const TamperedLog& log) {
  auto lines = log.lines();
  tests::replace(lines[17], "celes", "kefka");
  log.put_lines(lines);
}

void delete_record(const TamperedLog& log) {
  auto lines = log.lines();
  lines.erase(lines.begin() + 17);
  log.put_lines(lines);
}

void swap_records(const TamperedLog& log) {
  auto lines = log.lines();
  std::swap(lines[17], lines[18]);
  log.put_lines(lines);
}

void insert_copy(const TamperedLog& log) {
  auto lines = log.lines();
  lines.insert(lines.begin() + 18, lines[17]);
  log.put_lines(lines);
}

void insert_forged(const TamperedLog& log) {
  auto lines = log.lines();
  std::string forged = lines[18];
  tests::replace(forged, "celes", "kefka");
  lines.insert(lines.begin() + 18, forged);
  log.put_lines(lines);
}

void insert_nonsense(const TamperedLog& log) {
  auto lines = log.lines();
  lines.insert(lines.begin() + 18, "nonsense");
  log.put_lines(lines);
}

void cut_last_records(const TamperedLog& log) {
  auto lines = log.lines();
  lines.resize(lines.size() - 3);
  log.put_lines(lines);
}

void tear_last_record(const TamperedLog& log) {
  std::filesystem::resize_file(log.layout().segment(0),
                               std::filesystem::file_size(log.layout().segment(0)) - 40);
}

void cut_below_slots(const TamperedLog& log) {
  auto lines = log.lines();
  lines.resize(400);
  log.put_lines(lines);
}

void cut_with_slots(const TamperedLog& log) {
  auto lines = log.lines();
  lines.resize(400);
  log.put_lines(lines);
  std::filesystem::remove_all(log.layout().tail());
  std::filesystem::create_directory(log.layout().tail());
}

void remove_segment(const TamperedLog& log) {
  std::filesystem::remove(log.layout().segment(0));
}

void add_foreign_line(const TamperedLog& log) {
  TamperedLog::append(log.layout().segment(0), log.lines()[999] + "\n");
}

void add_torn_line(const TamperedLog& log) {
  TamperedLog::append(log.layout().segment(0), R"({"v":1,"seq":1000,"prev")");
}

void add_foreign_segment(const TamperedLog& log) {
  TamperedLog::put(log.layout().segment(1), "x\n");
}

void edit_tile(const TamperedLog& log) {
  std::string bytes = TamperedLog::bytes(log.layout().tile(0, 1));
  bytes[3 * 32] = static_cast<char>(bytes[3 * 32] ^ 1);
  TamperedLog::put(log.layout().tile(0, 1), bytes);
}

void cut_tile(const TamperedLog& log) {
  std::filesystem::resize_file(log.layout().tile(0, 1), 100);
}

void remove_old_tile(const TamperedLog& log) {
  std::filesystem::remove(log.layout().tile(0, 0));
}

void remove_new_tile(const TamperedLog& log) {
  std::filesystem::remove(log.layout().tile(0, 2));
}

void edit_slot(const TamperedLog& log) {
  std::string bytes = TamperedLog::bytes(log.layout().slot(900));
  tests::replace(bytes, "celes", "kefka");
  TamperedLog::put(log.layout().slot(900), bytes);
}

void rename_slot(const TamperedLog& log) {
  std::filesystem::copy_file(log.layout().slot(900), log.layout().slot(901),
                             std::filesystem::copy_options::overwrite_existing);
}

void empty_newest_slot(const TamperedLog& log) {
  TamperedLog::put(log.layout().slot(999), std::string(800, '\0'));
}

void edit_checkpoint(const TamperedLog& log) {
  std::string bytes = TamperedLog::bytes(log.layout().checkpoint());
  tests::replace(bytes, "\n1000\n", "\n1001\n");
  TamperedLog::put(log.layout().checkpoint(), bytes);
}

void remove_checkpoint(const TamperedLog& log) {
  std::filesystem::remove(log.layout().checkpoint());
}

void sign_checkpoint_with_another_key(const TamperedLog& log) {
  const SigningKey other = SigningKey::generate(log.key().verify_key().name());
  const auto checkpoint =
      open_checkpoint(TamperedLog::bytes(log.layout().checkpoint()), log.key().verify_key());
  TamperedLog::put(log.layout().checkpoint(), sign_checkpoint(checkpoint.value(), other));
}

void make_anew_with_another_key(const TamperedLog& log) {
  std::filesystem::remove_all(log.layout().directory);
  make_log(log.layout(), SigningKey::generate(log.key().verify_key().name()), 2,
           tests::promotions(0));
}

void rewrite_history_without_the_key(const TamperedLog& log) {
  // All hashes fit together; only what is signed is as it was.
  const std::string checkpoint = TamperedLog::bytes(log.layout().checkpoint());
  const fs::Path slots = log.layout().directory.parent_path() / "slots";
  std::filesystem::rename(log.layout().tail(), slots);
  make_log(log.layout(), log.key(), TamperedLog::kRecords, tests::promotions(21));
  std::filesystem::remove_all(log.layout().tail());
  std::filesystem::rename(slots, log.layout().tail());
  TamperedLog::put(log.layout().checkpoint(), checkpoint);
}

void put_old_checkpoint_back(const TamperedLog& log) {
  TamperedLog::put(log.layout().checkpoint(), log.checkpoint_of(990));
}

void roll_back(const TamperedLog& log) {
  const fs::Path& directory = log.layout().directory;
  std::filesystem::remove_all(directory);
  make_log(log.layout(), log.key(), 600, tests::promotions(20));
}

void redact_without_record(const TamperedLog& log) {
  auto lines = log.lines();
  lines[17] = show(Stub{17, leaf_hash(lines[17]), 900}, lines[17].size());
  log.put_lines(lines);
}

void redact_with_another_leaf(const TamperedLog& log) {
  auto lines = log.lines();
  lines[17] = show(Stub{17, leaf_hash("?"), 900}, lines[17].size());
  log.put_lines(lines);
}

void edit_about(const TamperedLog& log) {
  TamperedLog::put(log.layout().about(), show(About{"log.example/audit", "another"}));
}

void leave_stray_slot(const TamperedLog& log) {
  std::string bytes = TamperedLog::bytes(log.layout().slot(900));
  Slot stray = open_slot(bytes, log.key().verify_key()).value();
  // Of the same place, but with another record.
  Frontier frontier;
  const auto lines = log.lines();
  for (std::size_t i = 0; i < 400; ++i) frontier.push(leaf_hash(lines[i]));
  tests::replace(stray.line, "celes", "kefka");
  stray.seq = 400;
  stray.leaf = leaf_hash(stray.line);
  frontier.push(stray.leaf);
  stray.frontier = frontier;
  TamperedLog::put(log.layout().slot(400), sign_slot(stray, log.key()));
}

constexpr Row kRows[] = {
    {"nothing", [](const TamperedLog&) {}, ""},
    {"one byte of an old record", change_old_record, "CHAIN 18; MODIFIED 17; ROOT_MISMATCH 488"},
    {"a record deleted", delete_record, "CHAIN 18; DELETED 17"},
    {"two records swapped", swap_records, "CHAIN 17; CHAIN 18; CHAIN 19; DELETED 17; INSERTED 17"},
    {"a copy inserted", insert_copy, "CHAIN 17; FOREIGN_TAIL 1000; INSERTED 17"},
    {"a forged line inserted", insert_forged, "CHAIN 18; FOREIGN_TAIL 1000; INSERTED 18"},
    {"nonsense inserted", insert_nonsense, "CHAIN 18; FOREIGN_TAIL 1000; INSERTED 18"},
    {"the last records cut, slots intact", cut_last_records, "BEHIND 997"},
    {"the last record cut in its middle, slots intact", tear_last_record, "BEHIND 999"},
    {"cut below the slots", cut_below_slots, "TRUNCATED 400"},
    {"cut, and the slots removed", cut_with_slots,
     "MISSING_FILE 999; ROOT_MISMATCH 999; TRUNCATED 400"},
    {"the segment removed", remove_segment, "MISSING_FILE 0"},
    {"a foreign line at the end", add_foreign_line, "FOREIGN_TAIL 1000"},
    {"a torn line at the end", add_torn_line, "FOREIGN_TAIL 1000"},
    {"a segment that was never begun", add_foreign_segment, "FOREIGN_TAIL 65536"},
    {"a tile edited", edit_tile, "MODIFIED 259"},
    {"a tile cut", cut_tile, "MODIFIED 256"},
    {"an old tile removed", remove_old_tile, "MISSING_FILE 0"},
    {"a tile removed that the next append writes", remove_new_tile, "BEHIND 512"},
    {"a slot edited", edit_slot, "SLOT_TAMPERED 900"},
    {"a slot under another name", rename_slot, "SLOT_TAMPERED 901"},
    {"the newest slot zeroed by a file server", empty_newest_slot, "SLOT_TAMPERED 999"},
    {"the checkpoint edited", edit_checkpoint, "BAD_SIGNATURE"},
    {"the checkpoint removed", remove_checkpoint, "MISSING_FILE"},
    {"the checkpoint signed with another key", sign_checkpoint_with_another_key, "BAD_SIGNATURE"},
    {"the whole log made anew with another key", make_anew_with_another_key,
     "BAD_SIGNATURE; MODIFIED; SLOT_TAMPERED 0; SLOT_TAMPERED 1"},
    {"an old checkpoint put back, slots intact", put_old_checkpoint_back, "BEHIND 990"},
    {"everything rolled back: not detectable without memory elsewhere", roll_back, ""},
    {"a stub without a redaction record", redact_without_record, "UNAUTHORISED_REDACTION 17"},
    {"a stub of another record", redact_with_another_leaf,
     "CHAIN 18; MODIFIED 17; ROOT_MISMATCH 488"},
    {"log.json edited", edit_about, "MODIFIED"},
    {"a slot left by a writer that came too late", leave_stray_slot, "STRAY_SLOT 400"},
};

}  // namespace

TEST_CASE("every kind of tampering is reported by its name and its first record") {
  for (const Row& row : kRows) {
    DYNAMIC_SECTION(row.tampering) {
      const TamperedLog log;
      row.tamper(log);
      const Report report = log.verify();
      CHECK(in_short(report) == row.findings);
      const bool information = report.findings_in_all > report.faults;
      CHECK(report.faultless() == (report.findings.empty() || information));
      for (const Found& found : report.findings) {
        CHECK_FALSE(found.where.empty());
        CHECK_FALSE(found.message.empty());
      }
    }
  }
}

TEST_CASE("a history rewritten with all its hashes still is not the one that was signed") {
  const TamperedLog log;
  rewrite_history_without_the_key(log);
  const Report report = log.verify();
  const std::string found = in_short(report);
  CHECK_THAT(found, ContainsSubstring("ROOT_MISMATCH 488"));
  CHECK_THAT(found, ContainsSubstring("MODIFIED 999"));
}

TEST_CASE("with a checkpoint kept elsewhere, a rollback is seen") {
  const TamperedLog log;
  const std::string known = TamperedLog::bytes(log.layout().checkpoint());
  CHECK(in_short(log.verify({known})).empty());
  CHECK(in_short(log.verify({log.checkpoint_of(1), log.checkpoint_of(257), known})).empty());
  roll_back(log);
  CHECK(in_short(log.verify({known})) == "ROLLED_BACK 999");
}

TEST_CASE("a log that does not begin with the records of a known checkpoint was replaced") {
  const TamperedLog log;
  const std::string known = log.checkpoint_of(500);
  std::filesystem::remove_all(log.layout().directory);
  make_log(log.layout(), log.key(), TamperedLog::kRecords, tests::promotions(21));
  CHECK(in_short(log.verify({known})) == "ROLLED_BACK 499");
}

TEST_CASE("two signed checkpoints of one size prove that the key was misused") {
  const TamperedLog log;
  const std::string known = sign_checkpoint(
      {log.key().verify_key().name(), TamperedLog::kRecords, leaf_hash("?")}, log.key());
  CHECK(in_short(log.verify({known})) == "FORKED 999");
}

TEST_CASE("a known checkpoint that the key did not sign is not believed") {
  const TamperedLog log;
  const SigningKey other = SigningKey::generate("log.example/audit");
  const std::string known = sign_checkpoint({"log.example/audit", 5'000, leaf_hash("?")}, other);
  CHECK(in_short(log.verify({known})) == "BAD_SIGNATURE");
}
