// What an append to the audit log costs, beside the least that any log must do to keep a record
// and to say whose it is: write a file, fsync it, link it, fsync the directory.
//
//   audit_append_bench DIRECTORY [--runs N] [--require]
//
// They take turns in a new directory below DIRECTORY, so that whatever else weighs on the disk
// weighs on both. Then, for comparison, the log is opened for each record, as a step of a pipeline
// does: the search for the idempotency key reads 4 MiB, and nothing is known of the signatures.
// With --require it exits 1 when an append takes the first one more than four times the least.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "common/audit/log/log.hpp"
#include "common/audit/log/slot.hpp"
#include "common/fs/descriptor.hpp"
#include "common/text/text.hpp"
#include "tests/audit/made_log.hpp"

using namespace stagegate;

namespace {

constexpr double kMostRatio = 4;
constexpr std::uint64_t kRecords = 8000;  // 6 MiB
constexpr std::size_t kNotes = 270;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "audit_append_bench: %s\n", what.c_str());
  std::exit(2);
}

double milliseconds_of(const std::function<void()>& work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before)
      .count();
}

// As many bytes as a slot has.
void keep_bare(const fs::Path& directory, const std::string& bytes, long number) {
  const fs::Path temporary = directory / text::cat(".tmp-", number);
  const fs::Path name = directory / std::to_string(number);
  fs::Descriptor fd = fs::open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, 0640);
  const bool kept = fd.open() && fs::write_all(fd.get(), bytes) && fs::sync(fd.get()) &&
                    fd.close() && ::link(temporary.c_str(), name.c_str()) == 0 &&
                    fs::sync_directory(directory);
  if (!kept) fail("cannot write to " + directory.native());
  ::unlink(temporary.c_str());
}

audit::Draft draft_of(long number) {
  using text::Json;
  return audit::Draft()
      .set("idem", text::cat("bench-", number))
      .set("type", "promotion")
      .set("event", "succeeded")
      .set("operator", Json().set("name", "celes").set("kind", "human"))
      .set("project", "stonks-oracle")
      .set("source_stage", "paper")
      .set("target_stage", "live")
      .set("image_tag", "0000000000000000000000000fdcb9065f9ecd00")
      .set("outcome", "success")
      .set("notes", std::string(kNotes, 'n'))
      .set("source", Json().set("system", "woodpecker"));
}

double at(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void print(const char* name, const std::vector<double>& times) {
  std::printf("%-34s %8.2f %8.2f %8.2f\n", name, at(times, 0.1), at(times, 0.5), at(times, 0.9));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) fail("usage: audit_append_bench DIRECTORY [--runs N] [--require]");
  long runs = 300;
  bool required = false;
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--require") {
      required = true;
    } else if (word == "--runs" && i + 1 < argc) {
      runs = std::max(std::atol(argv[++i]), 1L);
    } else {
      fail(text::cat("unknown argument ", word));
    }
  }
  std::string place = (fs::Path(argv[1]) / "audit-append-XXXXXX").native();
  if (::mkdtemp(place.data()) == nullptr)
    fail("cannot make a directory in " + std::string(argv[1]));
  const fs::Path bare = fs::Path(place) / "bare";
  std::filesystem::create_directory(bare);
  const audit::Layout layout{fs::Path(place) / "log"};
  const auto key = audit::SigningKey::generate("stagegate.example/audit/bench");
  tests::make_log(layout, key, kRecords, tests::promotions(kNotes));
  ::sync();  // what has been made so far must not be paid for by the first runs

  auto log = audit::Log::open(layout, key, {});
  if (!log) fail(log.error().message);
  const auto append = [](audit::Log& to, long number) {
    const auto appended = to.append(draft_of(number));
    if (!appended || !appended->warnings.empty()) fail("cannot append");
  };
  const std::string slot = fs::read_file(layout.slot(kRecords - 1)).value_or("");
  std::vector<double> bare_times;
  std::vector<double> append_times;
  std::vector<double> anew_times;
  for (long i = 0; i < runs; ++i) {
    bare_times.push_back(milliseconds_of([&] { keep_bare(bare, slot, i); }));
    append_times.push_back(milliseconds_of([&] { append(*log, i); }));
  }
  for (long i = 0; i < runs; ++i) {
    anew_times.push_back(milliseconds_of([&] {
      auto anew = audit::Log::open(layout, key, {});
      append(anew.value(), runs + i);
    }));
  }
  std::filesystem::remove_all(place);

  std::printf("%ld runs of each, in turns; milliseconds: 10th percentile, median, 90th\n", runs);
  print("write, fsync, link, fsync directory", bare_times);
  print("append", append_times);
  print("open the log and append", anew_times);
  std::printf("with the log opened anew: %.2f times the least\n",
              at(anew_times, 0.5) / at(bare_times, 0.5));
  const double ratio = at(append_times, 0.5) / at(bare_times, 0.5);
  const bool kept = ratio <= kMostRatio;
  std::printf("append: %.2f times the least; at most %.0f: %s\n", ratio, kMostRatio,
              kept ? "kept" : "missed");
  return required && !kept ? 1 : 0;
}
