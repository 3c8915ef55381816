#include "common/time/spans.hpp"

#include <algorithm>

namespace stagegate::time {

Spans merged(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.begin >= span.end; });
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  Spans out;
  for (const Span& span : spans) {
    if (!out.empty() && span.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, span.end);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

Spans subtract(const Spans& from, const Spans& without) {
  Spans out;
  auto cut = without.begin();
  for (Span rest : from) {
    while (cut != without.end() && cut->end <= rest.begin) ++cut;
    for (auto next = cut; next != without.end() && next->begin < rest.end; ++next) {
      if (next->begin > rest.begin) out.push_back({rest.begin, next->begin});
      rest.begin = next->end;
    }
    if (rest.begin < rest.end) out.push_back(rest);
  }
  return out;
}

std::optional<Span> holding(const Spans& spans, Instant instant) {
  for (const Span& span : spans) {
    if (span.begin <= instant && instant < span.end) return span;
  }
  return std::nullopt;
}

std::optional<Instant> first_fit(const Spans& spans, Instant from, seconds need) {
  for (const Span& span : spans) {
    const auto begin = std::max(span.begin, from);
    if (begin < span.end && begin + need <= span.end) return begin;
  }
  return std::nullopt;
}

}  // namespace stagegate::time
