#include "plugins/inttest-runner/results/reading.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "common/fs/descriptor.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/form_reader.hpp"

namespace stagegate::inttest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestBlank = 4u << 10;
constexpr std::size_t kShownBeginning = 20;  // and enough to know every form by
constexpr std::size_t kReadAtOnce = 64u << 10;

using Make = std::unique_ptr<FormReader> (*)(const OnTest&);

struct Beginning {
  std::string_view text;
  Make make;
};
constexpr std::array kBeginnings = {
    Beginning{"<", read_junit},
    Beginning{"{", read_json},
    Beginning{"TAP version ", read_tap},
    Beginning{"1..", read_tap},
    Beginning{"ok", read_tap},
    Beginning{"not ok", read_tap},
    Beginning{"#", read_tap},
    Beginning{"Bail out!", read_tap},
};

// Finds the form in the first bytes, then hands everything to its reader.
class AnyForm {
 public:
  explicit AnyForm(const OnTest& on_test) : on_test_(on_test) {}

  Result<> feed(std::string_view bytes) {
    if (reader_) return reader_->feed(bytes);
    begun_ += bytes;
    std::string_view text = begun_;
    const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    text.remove_prefix(mark);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (begun_.size() - text.size() > kLongestBlank)
      return usage("the file begins with blanks only");

    for (const Beginning& beginning : kBeginnings) {
      if (!text.starts_with(beginning.text)) continue;
      reader_ = beginning.make(on_test_);
      const std::string first = std::exchange(begun_, {});
      return reader_->feed(std::string_view(first).substr(mark));
    }
    if (text.size() < kShownBeginning) return {};
    return no_known_form(text.substr(0, kShownBeginning));
  }

  Result<Reading> finish() {
    if (reader_) return reader_->finish();
    if (text::trim(begun_).empty() || begun_ == kByteOrderMark) return usage("the file is empty");
    return no_known_form(std::string_view(begun_).substr(0, kShownBeginning));
  }

 private:
  static tl::unexpected<Failure> no_known_form(std::string_view beginning) {
    const bool wide = beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF");
    return usage(text::cat("the file is of no known form, it begins with ",
                           text::quoted(beginning, kShownBeginning),
                           wide ? " (UTF-16? write it in UTF-8)" : "",
                           "; write JSON (a plain summary, pytest-json-report or CTRF), JUnit XML "
                           "or TAP"));
  }

  const OnTest& on_test_;
  std::string begun_;
  std::unique_ptr<FormReader> reader_;
};

Result<fs::Descriptor> open_regular(const fs::Path& path) {
  // Non-blocking, so that a named pipe in the file's place is not waited for.
  fs::Descriptor file = fs::open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.open()) {
    return unknown(text::cat("cannot open ", path.native(), ": ", std::strerror(errno)));
  }
  struct stat about = {};
  if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return unknown(text::cat(path.native(), " is no regular file"));
  }
  return file;
}

}  // namespace

std::string_view form_name(Form form) {
  switch (form) {
    case Form::own:
      return "plain JSON";
    case Form::pytest_json:
      return "pytest-json-report";
    case Form::ctrf:
      return "CTRF";
    case Form::junit:
      return "JUnit XML";
    case Form::tap:
      return "TAP";
  }
  return "";
}

Result<Reading> read_results(const Pieces& pieces, const OnTest& on_test) {
  AnyForm form(on_test);
  for (;;) {
    const auto piece = pieces();
    if (!piece) return forward(piece.error());
    if (piece->empty()) return form.finish();
    if (auto fed = form.feed(*piece); !fed) return forward(std::move(fed.error()));
  }
}

Result<Reading> read_results(std::string_view bytes, const OnTest& on_test) {
  return read_results(
      [&]() -> Result<std::string_view> { return std::exchange(bytes, std::string_view()); },
      on_test);
}

Result<Reading> read_results_file(const fs::Path& path, const OnTest& on_test) {
  const auto file = open_regular(path);
  if (!file) return forward(file.error());
  std::vector<char> buffer(kReadAtOnce);
  std::uint64_t offset = 0;
  const Pieces pieces = [&]() -> Result<std::string_view> {
    const ssize_t count = fs::read_at(file->get(), buffer.data(), buffer.size(), offset);
    if (count < 0) {
      return unknown(text::cat("cannot read ", path.native(), ": ", std::strerror(errno)));
    }
    offset += static_cast<std::uint64_t>(count);
    return std::string_view(buffer.data(), static_cast<std::size_t>(count));
  };
  return read_results(pieces, on_test);
}

}  // namespace stagegate::inttest
