#include <array>
#include <random>

#include "common/time/spans.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::time;

namespace {

constexpr int kSeconds = 60;
// Whether each second of a minute belongs to the set: what spans stand for.
using Seconds = std::array<bool, kSeconds>;

time::Instant second(int n) {
  return time::Instant{time::seconds{n}};
}

Span span(int begin, int end) {
  return {second(begin), second(end)};
}

Seconds seconds_of(const Spans& spans) {
  Seconds set{};
  for (int n = 0; n < kSeconds; ++n) {
    for (const Span& part : spans) {
      if (part.begin <= second(n) && second(n) < part.end)
        set.at(static_cast<std::size_t>(n)) = true;
    }
  }
  return set;
}

// In any order, overlapping, touching, empty and the wrong way round.
std::vector<Span> any_spans(std::mt19937& random) {
  std::uniform_int_distribution<int> count(0, 6);
  std::uniform_int_distribution<int> edge(0, kSeconds);
  std::vector<Span> spans;
  for (int left = count(random); left > 0; --left) {
    const int begin = edge(random);
    spans.push_back(span(begin, std::min(kSeconds, begin + edge(random) / 4 - 2)));
  }
  return spans;
}

void require_set(const Spans& spans) {
  for (std::size_t n = 0; n < spans.size(); ++n) {
    REQUIRE(spans[n].begin < spans[n].end);
    if (n > 0) REQUIRE(spans[n - 1].end < spans[n].begin);
  }
}

}  // namespace

TEST_CASE("spans that overlap or touch become one, and empty ones vanish") {
  CHECK(merged({span(5, 9), span(1, 3), span(3, 5), span(20, 20), span(30, 25)}) ==
        Spans{span(1, 9)});
  CHECK(merged({span(1, 10), span(2, 3), span(4, 5)}) == Spans{span(1, 10)});
  CHECK(merged({}).empty());
}

TEST_CASE("a union holds exactly the seconds of its parts, sorted and apart") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const auto parts = any_spans(random);
    const Spans whole = merged(parts);
    require_set(whole);
    REQUIRE(seconds_of(whole) == seconds_of(parts));
  }
}

TEST_CASE("a difference holds exactly the seconds of the first that the second has not") {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    const Spans from = merged(any_spans(random));
    const Spans without = merged(any_spans(random));
    const Spans rest = subtract(from, without);
    require_set(rest);
    Seconds expected = seconds_of(from);
    const Seconds cut = seconds_of(without);
    for (std::size_t n = 0; n < expected.size(); ++n) expected[n] = expected[n] && !cut[n];
    REQUIRE(seconds_of(rest) == expected);
  }
}

TEST_CASE("a span holds its first second and not its end") {
  const Spans spans{span(10, 20), span(30, 40)};
  CHECK_FALSE(holding(spans, second(9)));
  CHECK(holding(spans, second(10)) == span(10, 20));
  CHECK(holding(spans, second(19)) == span(10, 20));
  CHECK_FALSE(holding(spans, second(20)));
  CHECK(holding(spans, second(30)) == span(30, 40));
}

TEST_CASE("the first fit is the first second from which all needed seconds are in the set") {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> any(0, kSeconds - 1);
  for (int round = 0; round < 3000; ++round) {
    const Spans spans = merged(any_spans(random));
    const Seconds set = seconds_of(spans);
    const int from = any(random);
    const int need = any(random) / 4;
    std::optional<time::Instant> expected;
    for (int begin = from; begin < kSeconds && !expected; ++begin) {
      // Even what needs no time needs the second in which it begins.
      bool fits = begin + std::max(need, 1) <= kSeconds;
      for (int n = begin; fits && n < begin + std::max(need, 1); ++n)
        fits = set.at(static_cast<std::size_t>(n));
      if (fits) expected = second(begin);
    }
    REQUIRE(first_fit(spans, second(from), time::seconds{need}) == expected);
  }
}
