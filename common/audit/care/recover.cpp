#include "common/audit/care/recover.hpp"

#include <system_error>
#include <utility>

#include "common/audit/log/view.hpp"
#include "common/audit/verify/claims.hpp"
#include "common/audit/verify/lines.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kGeneration = "/g";

// Records whose lines are there, from the first on without a gap.
Result<std::uint64_t> count_kept(const Layout& layout, std::uint64_t size) {
  std::uint64_t kept = 0;
  const auto read = each_line(layout, size, [&](const RecordLine& line) {
    if (line.seq == kept) ++kept;
  });
  if (!read) return forward(read.error());
  return kept;
}

// Nobody appends to the old log any more, not even by mistake. Root may, all the same.
bool make_read_only(const Layout& layout) {
  using std::filesystem::perms;
  std::error_code error;
  const auto no_write = perms::owner_write | perms::group_write | perms::others_write;
  bool all = true;
  std::vector<fs::Path> paths = {layout.directory, layout.about(), layout.checkpoint(),
                                 layout.tail(), layout.records()};
  for (const auto& entry : std::filesystem::directory_iterator(layout.records(), error)) {
    paths.push_back(entry.path());
  }
  for (const fs::Path& path : paths) {
    if (!std::filesystem::exists(path, error)) continue;
    std::filesystem::permissions(path, no_write, std::filesystem::perm_options::remove, error);
    all = all && !error;
  }
  return all;
}

Draft draft_of(const Recovery& recovery, const Recovered& recovered) {
  text::Json log;
  log.set("imported_from", recovery.old_log.directory.native())
      .set("old_vkey", recovery.old_key.text())
      .set("new_vkey", recovery.new_key.verify_key().text())
      .set("kept_records", recovered.kept);
  if (recovered.last_signed) {
    log.set("old_size", recovered.last_signed->size)
        .set("old_root", crypto::hex(recovered.last_signed->root));
  }
  return Draft()
      .set("idem", cat("recover:", crypto::hex(leaf_hash(recovery.old_key.text())).substr(0, 32)))
      .set("type", "log")
      .set("event", "imported")
      .set("operator", json_of(recovery.who))
      .set("outcome", "success")
      .set("reason", recovery.reason)
      .set("log", std::move(log));
}

Result<> may_begin(const Recovery& recovery) {
  if (recovery.reason.empty()) return usage("to accept a loss needs a reason");
  const std::string wanted = next_generation(recovery.old_key.name());
  const std::string& given = recovery.new_key.verify_key().name();
  if (given != wanted) {
    return usage(cat("the new log's key has to be of ", wanted, ", not of ", text::quoted(given),
                     ": make one with audit-writer keygen"));
  }
  const auto view = View::open(recovery.old_log, recovery.old_key);
  if (view) {
    return fail(Failure::Kind::refused,
                cat("nothing that would need a new log is lost: all ", view->size(),
                    " records lead to a signed head. Run audit-writer verify and repair"));
  }
  if (view.error().kind != Failure::Kind::conflict) return forward(view.error());
  return {};
}

}  // namespace

std::string next_generation(std::string_view origin) {
  const auto at = origin.rfind(kGeneration);
  if (at != std::string_view::npos) {
    const auto number = text::parse_count(origin.substr(at + kGeneration.size()));
    if (number && *number >= 2) return cat(origin.substr(0, at), kGeneration, *number + 1);
  }
  return cat(origin, kGeneration, 2);
}

Result<Recovered> recover(const Recovery& recovery, const LogOptions& options) {
  if (auto allowed = may_begin(recovery); !allowed) return forward(allowed.error());
  Findings ignored(0);
  VerifyOptions trust{.key = recovery.old_key};
  const auto claims = read_claims(recovery.old_log, trust, ignored);
  if (!claims) return forward(claims.error());
  Recovered recovered;
  if (const auto root = claims->head_root()) {
    recovered.last_signed = Checkpoint{recovery.old_key.name(), claims->size(), *root};
  }
  const auto kept = count_kept(recovery.old_log, claims->size());
  if (!kept) return forward(kept.error());
  recovered.kept = *kept;

  const auto begun = Log::init(recovery.new_log, recovery.new_key, options);
  if (!begun && begun.error().kind != Failure::Kind::refused) return forward(begun.error());
  auto log = Log::open(recovery.new_log, recovery.new_key, options);
  if (!log) return forward(log.error());
  auto appended = log->append(draft_of(recovery, recovered));
  if (!appended) return forward(appended.error());
  recovered.record = std::move(*appended);
  recovered.read_only = make_read_only(recovery.old_log);
  return recovered;
}

}  // namespace stagegate::audit
