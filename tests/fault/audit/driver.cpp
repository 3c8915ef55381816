// Appends to a log, and dies or stops where it is told to. Each line that it prints is a record
// that has been acknowledged.
//
//   audit_fault_driver keygen FILE
//   audit_fault_driver init --log DIR --key FILE [--protocol lock-only]
//   audit_fault_driver append --log DIR --key FILE --prefix P [--from N] [--count N] [--pad BYTES]
//       [--lock fair|none|lies] [--protocol lock-only] [--deadline MS]
//       [--stop-at STEP] [--block-at STEP] [--die-at STEP] [--at-time N]
//   audit_fault_driver lines --log DIR --key FILE
//   audit_fault_driver verify --log DIR --key FILE
//
// --protocol lock-only is the negative control (control.hpp).
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/audit/log/log.hpp"
#include "common/audit/log/view.hpp"
#include "common/audit/settings.hpp"
#include "common/audit/verify/verify.hpp"
#include "common/step/exit_code.hpp"
#include "common/step/patience.hpp"
#include "common/text/text.hpp"
#include "tests/fault/audit/control.hpp"

using namespace stagegate;

namespace {

using std::chrono::milliseconds;
using text::cat;
using text::Json;

class Options {
 public:
  Options(int argc, char** argv) {
    for (int i = 2; i + 1 < argc; i += 2) given_[argv[i]] = argv[i + 1];
  }
  std::string text(const std::string& name, const std::string& fallback = "") const {
    const auto found = given_.find("--" + name);
    return found == given_.end() ? fallback : found->second;
  }
  std::uint64_t number(const std::string& name, std::uint64_t fallback) const {
    return text::parse_count(text(name)).value_or(fallback);
  }
  audit::Layout layout() const { return {text("log")}; }
  bool lock_only() const { return text("protocol") == "lock-only"; }

 private:
  std::map<std::string, std::string> given_;
};

int failed(const Failure& failure) {
  std::fprintf(stderr, "%s\n", failure.message.c_str());
  return static_cast<int>(step::exit_for(failure.kind));
}

void say(const Json& json) {
  std::puts(json.dump().c_str());
  std::fflush(stdout);
}

Result<audit::SigningKey> key_of(const Options& options) {
  const auto text = fs::read_file(options.text("key"));
  if (!text) return forward(text.error());
  return audit::SigningKey::parse(*text);
}

// A file system that does not answer: a pipe that nobody ever writes to.
void block(const fs::Path& pipe) {
  ::mkfifo(pipe.c_str(), 0600);
  static_cast<void>(::open(pipe.c_str(), O_RDONLY));
}

// What happens at a step: the process ends as if the machine had lost it, stops until it is
// continued, or waits for ever.
audit::Step fate_of(const Options& options) {
  return [options, seen = std::map<std::string, std::uint64_t, std::less<>>()](
             std::string_view name) mutable {
    if (++seen[std::string(name)] != options.number("at-time", 1)) return;
    if (name == options.text("stop-at")) ::kill(::getpid(), SIGSTOP);
    if (name == options.text("block-at")) block(options.text("log") + ".pipe");
    if (name == options.text("die-at")) ::kill(::getpid(), SIGKILL);
  };
}

audit::Draft draft_of(const std::string& key, std::size_t pad) {
  return audit::Draft()
      .set("idem", key)
      .set("type", "promotion")
      .set("event", "succeeded")
      .set("operator", Json().set("name", "somebody").set("kind", "human"))
      .set("project", "stonks")
      .set("source_stage", "paper")
      .set("target_stage", "live")
      .set("image_tag", "0000000000000000000000000fdcb9065f9ecd00")
      .set("outcome", "success")
      .set("notes", std::string(pad, 'n'))
      .set("source", Json().set("system", "cli"));
}

// Gives the next writer a lock of its own: everybody gets one, as on an NFS mount with nolock.
void make_lock_lie(const audit::Layout& layout) {
  ::unlink(layout.lock().c_str());
}

int append_all(const Options& options, const std::function<Result<Json>(const std::string&)>& add) {
  const std::uint64_t from = options.number("from", 0);
  const std::uint64_t count = options.number("count", 1);
  for (std::uint64_t i = from; i < from + count; ++i) {
    const std::string key = cat(options.text("prefix", "p"), "-", i);
    if (options.text("lock") == "lies") make_lock_lie(options.layout());
    auto told = add(key);
    if (!told) return failed(told.error());
    say(told->set("idem", key).set("n", i));
  }
  return 0;
}

milliseconds lock_wait(const Options& options) {
  return milliseconds(options.text("lock") == "none" ? 0 : 2000);
}

int append_lock_only(const Options& options) {
  auto step = fate_of(options);
  return append_all(options, [&](const std::string& key) -> Result<Json> {
    const auto seq = tests::lock_only_append(options.layout(), key, lock_wait(options), step);
    if (!seq) return forward(seq.error());
    return Json().set("seq", *seq);
  });
}

int append(const Options& options) {
  if (options.lock_only()) return append_lock_only(options);
  auto key = key_of(options);
  if (!key) return failed(key.error());
  audit::LogOptions log_options;
  log_options.lock_wait = lock_wait(options);
  log_options.on_step = fate_of(options);
  auto log = audit::Log::open(options.layout(), std::move(*key), log_options);
  if (!log) return failed(log.error());
  const milliseconds deadline(options.number("deadline", 60'000));
  return append_all(options, [&](const std::string& idem) -> Result<Json> {
    const audit::Draft draft = draft_of(idem, options.number("pad", 0));
    const step::Patience patience({.deadline = deadline}, [&](step::Lost) {
      std::puts(audit::pending_line(draft).c_str());
      std::fflush(stdout);
      ::_exit(static_cast<int>(step::Exit::deadline));
    });
    const auto appended = log->append(draft);
    if (!appended) return forward(appended.error());
    Json warnings = Json::Array();
    for (const auto& warning : appended->warnings) warnings.push(warning);
    return Json()
        .set("seq", appended->seq)
        .set("size", appended->size)
        .set("duplicate", appended->duplicate)
        .set("locked", appended->locked)
        .set("tries", appended->tries)
        .set("warnings", warnings);
  });
}

int init(const Options& options) {
  if (options.lock_only()) {
    const auto made = tests::lock_only_init(options.layout());
    return made ? 0 : failed(made.error());
  }
  const auto key = key_of(options);
  if (!key) return failed(key.error());
  audit::LogOptions log_options;
  log_options.on_step = fate_of(options);
  const auto made = audit::Log::init(options.layout(), *key, log_options);
  return made ? 0 : failed(made.error());
}

int lines(const Options& options) {
  const auto key = key_of(options);
  if (!key) return failed(key.error());
  const auto view = audit::View::open(options.layout(), key->verify_key());
  if (!view) return failed(view.error());
  const auto read = view->each(0, [](const audit::Line& line) {
    std::printf("%.*s\n", static_cast<int>(line.text.size()), line.text.data());
    return audit::Next::go_on;
  });
  return read ? 0 : failed(read.error());
}

// What is wrong with the log, a line for each; even before anybody has completed what killed
// writers have left undone.
int verify(const Options& options) {
  const auto key = key_of(options);
  if (!key) return failed(key.error());
  audit::VerifyOptions how{.key = key->verify_key()};
  how.strict = true;
  const auto report = audit::verify(options.layout(), how);
  if (!report) return failed(report.error());
  for (const auto& found : report->findings) {
    if (!audit::is_fault(found.finding)) continue;
    std::puts(cat(audit::name_of(found.finding), " ", found.where, ": ", found.message).c_str());
  }
  return report->faultless() ? 0 : static_cast<int>(step::Exit::conflict);
}

int keygen(const char* path) {
  const auto key = audit::SigningKey::generate("stagegate.example/audit/fault");
  const auto written = fs::replace_file(path, key.text() + "\n");
  if (!written) return failed(written.error());
  std::puts(key.verify_key().text().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 2 ? argv[1] : "";
  if (verb == "keygen") return keygen(argv[2]);
  const Options options(argc, argv);
  if (verb == "init") return init(options);
  if (verb == "append") return append(options);
  if (verb == "verify") return verify(options);
  if (verb == "lines") return lines(options);
  return static_cast<int>(step::Exit::usage);
}
