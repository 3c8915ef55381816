// Is this directory fit for the log, and the key its own?
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/audit/log/store.hpp"
#include "common/audit/settings.hpp"
#include "common/text/duration.hpp"
#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/doctor/mount.hpp"
#include "plugins/audit-writer/query/record.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr std::uint64_t kLittleSpace = 64u << 20;
constexpr std::chrono::minutes kLag{5};

// Collects what is found; each check says what it looked at and, when something is wrong, what to
// do about it.
class Examination {
 public:
  explicit Examination(const Options& options)
      : options_(options), layout_{options.log.audit_log} {}

  std::vector<Check> run() {
    mount();
    if (!about()) return std::move(checks_);
    access();
    space();
    key();
    links();
    head();
    return std::move(checks_);
  }

 private:
  void add(Weight weight, std::string what, std::string words) {
    checks_.push_back({weight, std::move(what), std::move(words)});
  }

  void mount() {
    const auto found = fs::mount_of(layout_.directory);
    if (!found) return;
    for (auto& check : judge_mount(*found)) checks_.push_back(std::move(check));
  }

  bool about() {
    const auto about = audit::read_about(layout_);
    if (!about) {
      add(Weight::bad, "log", about.error().message);
      return false;
    }
    about_ = *about;
    add(Weight::good, "log", cat(about->origin, " in ", layout_.directory.native()));
    return true;
  }

  void access() {
    const bool writes = !options_.log.audit_key.empty();
    struct stat status {};
    for (const auto& directory : {layout_.directory, layout_.records(), layout_.tail()}) {
      if (::stat(directory.c_str(), &status) != 0) {
        add(Weight::bad, "access", cat(directory.native(), ": ", std::strerror(errno)));
        continue;
      }
      const std::string owner = cat("owned by ", status.st_uid, ":", status.st_gid);
      if (writes && ::access(directory.c_str(), W_OK | X_OK) != 0) {
        add(Weight::bad, "access",
            cat(directory.native(), " cannot be written by ", ::geteuid(), ":", ::getegid(), " (",
                owner, "): ", std::strerror(errno),
                "; on NFS look at the export's uid mapping (root squash)"));
      }
      if ((status.st_mode & S_IWOTH) != 0) {
        add(Weight::warning, "access",
            cat(directory.native(), " can be written by everybody: chmod o-w"));
      }
    }
    if (std::none_of(checks_.begin(), checks_.end(),
                     [](const Check& check) { return check.what == "access"; })) {
      add(Weight::good, "access",
          cat(writes ? "writable" : "readable", " as ", ::geteuid(), ":", ::getegid()));
    }
  }

  void space() {
    struct statvfs space {};
    if (::statvfs(layout_.directory.c_str(), &space) != 0) return;
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    const bool no_inodes = space.f_files > 0 && space.f_favail == 0;
    add(free < kLittleSpace || no_inodes ? Weight::warning : Weight::good, "space",
        cat(free >> 20, " MiB free", no_inodes ? ", but no inode is" : ""));
  }

  void key() {
    if (options_.log.audit_key.empty()) {
      add(Weight::good, "key", "no audit_key is given: this one only reads");
    } else if (auto log = audit::open_log(options_.log); !log) {
      add(Weight::bad, "key", log.error().message);
    } else {
      add(Weight::good, "key", cat("signs for ", log->verify_key().text()));
    }
    const auto trusted = audit::trusted_key(options_.log);
    if (!trusted) return add(Weight::bad, "vkey", trusted.error().message);
    if (!trusted->pinned) {
      add(Weight::warning, "vkey",
          cat("not pinned: give audit_vkey ", about_.vkey, ", if that is the key you know"));
    } else if (trusted->key.text() != about_.vkey) {
      add(Weight::bad, "vkey", cat("the log names ", about_.vkey, ", not ", trusted->key.text()));
    } else {
      add(Weight::good, "vkey", "pinned");
    }
  }

  void links() {
    if (options_.log.audit_key.empty()) return;
    const auto probed = audit::probe_links(layout_.tail());
    add(probed ? Weight::good : Weight::bad, "links",
        probed ? std::string("hard links work") : probed.error().message);
  }

  void head() {
    const auto view = audit::open_view(options_.log);
    if (!view) return add(Weight::bad, "head", view.error().message);
    add(Weight::good, "head",
        cat(view->size(), " records, ", view->published().size, " in the checkpoint"));
    if (view->last() == nullptr) return;
    const auto head = audit::read_head(view->last()->line);
    const auto last = head ? audit::parse_stamp(head->ts)
                           : Result<audit::Stamp>(unknown("the last record has no time"));
    if (!last) return add(Weight::warning, "clock", last.error().message);
    const auto behind = *last - now();
    if (behind > std::chrono::milliseconds(0)) {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(behind);
      add(behind > kLag ? Weight::bad : Weight::warning, "clock",
          cat("the clock is ", text::spoken_duration(seconds), " behind the last record (",
              head->ts, "): set it; grants are refused while it lags"));
    } else {
      add(Weight::good, "clock", cat("the last record is of ", head->ts));
    }
  }

  const Options& options_;
  audit::Layout layout_;
  audit::About about_;
  std::vector<Check> checks_;
};

std::string word(Weight weight) {
  switch (weight) {
    case Weight::good:
      return "ok";
    case Weight::warning:
      return "warning";
    case Weight::bad:
      break;
  }
  return "FAIL";
}

}  // namespace

step::Outcome doctor(const Options& options, const step::Run& /*run*/) {
  if (options.log.audit_log.empty()) {
    return step::outcome_of({Failure::Kind::usage, "audit_log is required: the log's directory"});
  }
  const auto checks = Examination(options).run();
  text::Table table({"", "what", "found"});
  Json::Array list;
  step::Outcome outcome;
  for (const auto& check : checks) {
    table.row({word(check.weight), check.what, text::harmless(check.words)});
    list.push_back(Json()
                       .set("result", text::lower(word(check.weight)))
                       .set("what", check.what)
                       .set("found", check.words));
    if (check.weight == Weight::bad) outcome.exit = step::Exit::unknown;
  }
  outcome.text = table.text();
  while (outcome.text.ends_with('\n')) outcome.text.pop_back();
  outcome.json.set("ok", outcome.exit == step::Exit::done).set("checks", std::move(list));
  return outcome;
}

}  // namespace stagegate::audit_writer
