// Sets of time spans: sorted, half-open, not touching each other.
#pragma once

#include <optional>
#include <vector>

#include "common/time/instant.hpp"

namespace stagegate::time {

struct Span {
  Instant begin;
  Instant end;  // not part of it
  bool operator==(const Span&) const = default;
};

using Spans = std::vector<Span>;

// The union of spans in any order, overlapping or not.
Spans merged(std::vector<Span> spans);

// What of `from` is in none of `without`. Both must be sets.
Spans subtract(const Spans& from, const Spans& without);

// The span that holds the instant.
std::optional<Span> holding(const Spans& spans, Instant instant);

// The first instant at or after `from` at which `need` fits into one span.
std::optional<Instant> first_fit(const Spans& spans, Instant from, seconds need);

}  // namespace stagegate::time
