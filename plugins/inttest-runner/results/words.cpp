#include "plugins/inttest-runner/results/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using Status = TestCase::Status;

struct Word {
  std::string_view word;
  Status status;
};

// "other" and "unknown" are words of CTRF and of Allure for a test whose end is not known.
constexpr std::array kWords = {
    Word{"passed", Status::passed},      Word{"pass", Status::passed},
    Word{"ok", Status::passed},          Word{"success", Status::passed},
    Word{"successful", Status::passed},  Word{"succeeded", Status::passed},
    Word{"xpassed", Status::passed},     Word{"xpass", Status::passed},
    Word{"failed", Status::failed},      Word{"fail", Status::failed},
    Word{"failure", Status::failed},     Word{"not ok", Status::failed},
    Word{"error", Status::error},        Word{"errored", Status::error},
    Word{"broken", Status::error},       Word{"crashed", Status::error},
    Word{"timeout", Status::error},      Word{"timedout", Status::error},
    Word{"timed out", Status::error},    Word{"aborted", Status::error},
    Word{"interrupted", Status::error},  Word{"cancelled", Status::error},
    Word{"other", Status::error},        Word{"unknown", Status::error},
    Word{"skipped", Status::skipped},    Word{"skip", Status::skipped},
    Word{"ignored", Status::skipped},    Word{"disabled", Status::skipped},
    Word{"pending", Status::skipped},    Word{"todo", Status::skipped},
    Word{"xfailed", Status::skipped},    Word{"xfail", Status::skipped},
    Word{"notrun", Status::skipped},     Word{"not run", Status::skipped},
    Word{"suppressed", Status::skipped},
};

constexpr double kLongestMilliseconds = 1e13;  // three hundred years: no clock ran that long

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> rounded(std::optional<double> milliseconds) {
  if (!milliseconds || !(*milliseconds >= 0) || *milliseconds > kLongestMilliseconds) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(std::llround(*milliseconds));
}

// "1,234,567.8" without its commas; empty when a comma means something else.
std::optional<std::string> without_thousands(std::string_view text) {
  const std::string_view whole = text.substr(0, text.find('.'));
  const auto groups = text::split(whole, ',');
  const bool regular = std::all_of(groups.begin() + 1, groups.end(),
                                   [](std::string_view group) { return group.size() == 3; });
  if (!regular || (groups.size() > 1 && (groups[0].empty() || groups[0] == "0"))) {
    return std::nullopt;
  }
  std::string plain(text);
  std::erase(plain, ',');
  return plain;
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::passed:
      return "passed";
    case Status::failed:
      return "failed";
    case Status::error:
      return "error";
    case Status::skipped:
      return "skipped";
  }
  return "";
}

std::optional<Status> status_of(std::string_view word) {
  const std::string known = text::lower(text::trim(word));
  const auto* found =
      std::find_if(kWords.begin(), kWords.end(), [&](const Word& w) { return w.word == known; });
  if (found == kWords.end()) return std::nullopt;
  return found->status;
}

std::optional<std::chrono::milliseconds> seconds_of(std::string_view text) {
  const auto plain = without_thousands(text::trim(text));
  if (!plain) return std::nullopt;
  auto seconds = number_of(*plain);
  if (seconds) *seconds *= 1000;
  return rounded(seconds);
}

std::optional<std::chrono::milliseconds> milliseconds_of(std::string_view text) {
  return rounded(number_of(text::trim(text)));
}

std::string kept_text(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size() && kept.size() <= kLongestText;) {
    const std::size_t length = text::utf8_sequence(text, at);
    kept += length == 0 ? std::string_view("\uFFFD") : text.substr(at, length);
    at += std::max<std::size_t>(1, length);
  }
  kept.resize(text::cut_at_character(kept, kLongestText).size());
  return kept;
}

std::string message_of(std::string_view brief, std::string_view details) {
  brief = text::trim(brief);
  details = text::trim(details);
  if (details.starts_with(brief)) return kept_text(details);
  if (details.empty() || brief.starts_with(details)) return kept_text(brief);
  return kept_text(text::cat(brief, '\n', details));
}

}  // namespace stagegate::inttest
