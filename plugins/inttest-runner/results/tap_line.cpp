#include "plugins/inttest-runner/results/tap_line.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;
using Kind = TapLine::Kind;

constexpr std::size_t kNested = 4;
constexpr std::string_view kBailOut = "bail out!";

bool is_word_end(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == ' ' || text[at] == '\t';
}

bool takes_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word) || !is_word_end(text, word.size())) return false;
  text = text::trim(text.substr(word.size()));
  return true;
}

// "skip" or "todo" in any case at the beginning, as a word. Test::More writes "# TODO & SKIP" too.
TapPoint::Directive directive_of(std::string_view text) {
  const std::string word = text::lower(text.substr(0, 4));
  const bool longer = text.size() > 4 && text[4] != ':' && !is_word_end(text, 4);
  if (longer) return TapPoint::Directive::none;
  if (word == "skip") return TapPoint::Directive::skip;
  return word == "todo" ? TapPoint::Directive::todo : TapPoint::Directive::none;
}

// A directive stands behind a "#" that has a blank before it; "\#" belongs to the description.
void split_directive(std::string_view text, TapPoint& point) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\t') continue;
    const std::string_view behind = text::trim(text.substr(at + 1));
    point.directive = directive_of(behind);
    if (point.directive == TapPoint::Directive::none) continue;
    point.reason = text::trim(behind.substr(std::min<std::size_t>(5, behind.size())));
    text = text::trim(text.substr(0, at));
    break;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '#' || text[i + 1] == '\\');
    if (escape) ++i;
    point.description += text[i];
  }
}

Result<TapPoint> parse_point(bool ok, std::string_view rest) {
  TapPoint point;
  point.ok = ok;
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits > 0 && is_word_end(rest, digits)) {
    const auto number = text::parse_int(rest.substr(0, digits));
    if (!number || *number == 0) {
      return usage(cat("the number of the test, ", rest.substr(0, digits), ", is no count from 1"));
    }
    point.number = static_cast<std::uint64_t>(*number);
    rest = text::trim(rest.substr(digits));
  }
  if (takes_word(rest, "-")) rest = text::trim(rest);
  split_directive(rest, point);
  return point;
}

Result<std::uint64_t> parse_plan(std::string_view text) {
  const std::string_view written = text::trim(text.substr(3, text.find('#') - 3));
  const auto count = text::parse_count(written);
  if (!count) return usage(cat("the plan ", text::quoted(text), " is not 1..COUNT"));
  return *count;
}

}  // namespace

Result<TapLine> parse_tap_line(std::string_view line) {
  TapLine parsed;
  parsed.text = text::trim(line);
  parsed.indentation = std::min(line.find_first_not_of(" \t"), line.size());
  std::string_view rest = parsed.text;
  if (rest.empty()) {
    parsed.kind = Kind::blank;
  } else if (text::lower(rest.substr(0, kBailOut.size())) == kBailOut) {
    parsed.kind = Kind::bail_out;
    parsed.text = text::trim(rest.substr(kBailOut.size()));
  } else if (parsed.indentation > 0 && (rest == "---" || rest == "...")) {
    parsed.kind = Kind::marker;
  } else if (parsed.indentation >= kNested || line.front() == '\t') {
    parsed.kind = Kind::nested;
  } else if (rest.front() == '#') {
    parsed.kind = Kind::comment;
  } else if (parsed.indentation > 0) {
    parsed.kind = Kind::other;
  } else if (rest.starts_with("TAP version ")) {
    parsed.kind = Kind::version;
  } else if (rest.starts_with("1..")) {
    parsed.kind = Kind::plan;
    auto count = parse_plan(rest);
    if (!count) return forward(std::move(count.error()));
    parsed.count = *count;
  } else {
    const bool not_ok = takes_word(rest, "not");
    if (!takes_word(rest, "ok")) return parsed;
    parsed.kind = Kind::point;
    auto point = parse_point(!not_ok, rest);
    if (!point) return forward(std::move(point.error()));
    parsed.point = std::move(*point);
  }
  return parsed;
}

}  // namespace stagegate::inttest
