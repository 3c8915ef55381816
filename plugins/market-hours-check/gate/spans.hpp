// Sets of time spans: sorted, half-open, not touching each other.
#pragma once

#include <optional>
#include <vector>

#include "common/time/instant.hpp"

namespace stagegate::market_hours {

struct Span {
  time::Instant begin;
  time::Instant end;  // not part of it
  bool operator==(const Span&) const = default;
};

using Spans = std::vector<Span>;

// The union of spans in any order, overlapping or not.
Spans merged(std::vector<Span> spans);

// What of `from` is in none of `without`. Both must be sets.
Spans subtract(const Spans& from, const Spans& without);

// The span that holds the instant.
std::optional<Span> holding(const Spans& spans, time::Instant instant);

// The first instant at or after `from` at which `need` fits into one span.
std::optional<time::Instant> first_fit(const Spans& spans, time::Instant from, time::seconds need);

}  // namespace stagegate::market_hours
