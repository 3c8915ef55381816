// Makes, verifies and searches large audit logs: audit_bench make|verify|query DIRECTORY ARGUMENT
#include <chrono>
#include <fstream>
#include <iostream>

#include "common/audit/log/view.hpp"
#include "common/audit/verify/verify.hpp"
#include "common/text/text.hpp"
#include "tests/audit/made_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

// About 800 bytes a line, as the records of a real pipeline have.
constexpr std::size_t kNotes = 270;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return line.substr(6, line.size() - 9);
  }
  return "?";
}

VerifyKey key_of(const Layout& layout) {
  return VerifyKey::parse(read_about(layout).value().vkey).value();
}

int verify_log(const Layout& layout, unsigned threads) {
  const auto start = std::chrono::steady_clock::now();
  VerifyOptions options{.key = key_of(layout)};
  options.threads = threads;
  const auto report = verify(layout, options);
  if (!report || !report->faultless()) return 1;
  std::cout << seconds_since(start) << " s, " << report->bytes << " bytes, " << report->records
            << " records, peak " << peak_kib() << " KiB\n";
  return 0;
}

int query_log(const Layout& layout, const std::string& tag) {
  const auto start = std::chrono::steady_clock::now();
  const auto view = View::open(layout, key_of(layout));
  std::uint64_t hits = 0;
  if (!view || !view->each_with(tag, 0, [&](const Line&) {
        ++hits;
        return Next::go_on;
      })) {
    return 1;
  }
  std::cout << seconds_since(start) << " s, " << hits << " records with " << tag << ", peak "
            << peak_kib() << " KiB\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: audit_bench make|verify|query DIRECTORY RECORDS|THREADS|TAG\n";
    return 2;
  }
  const Layout layout{argv[2]};
  const std::string_view verb = argv[1];
  if (verb == "make") {
    const auto key = SigningKey::generate("bench.example/audit");
    tests::make_log(layout, key, std::stoull(argv[3]), tests::promotions(kNotes));
    return 0;
  }
  if (verb == "verify") return verify_log(layout, static_cast<unsigned>(std::stoul(argv[3])));
  return query_log(layout, argv[3]);
}
