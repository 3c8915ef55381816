#include "plugins/gitea-mirror/plan/isolation.hpp"

namespace stagegate::mirror {

Isolation::Isolation(std::size_t count, std::size_t most_pushes) : most_pushes_(most_pushes) {
  if (count == 1) culprits_.push_back(0);
  if (count > 1) split({0, count});
  settle();
}

std::optional<Span> Isolation::next() const {
  return open_.empty() ? std::nullopt : std::optional(open_.back().span);
}

void Isolation::answered() {
  const bool half = open_.back().half;
  open_.pop_back();
  ++pushes_;
  if (half) open_.back().bad = true;
  settle();
}

void Isolation::declined() {
  const Span span = open_.back().span;
  open_.pop_back();
  ++pushes_;
  if (span.size() == 1) {
    culprits_.push_back(span.begin);
  } else {
    split(span);
  }
  settle();
}

// A single one is pushed although it is known to be bad: only so the target says why.
void Isolation::settle() {
  while (!open_.empty() && open_.back().bad && open_.back().span.size() > 1) {
    const Span span = open_.back().span;
    open_.pop_back();
    split(span);
  }
  if (pushes_ < most_pushes_) return;
  for (; !open_.empty(); open_.pop_back()) given_up_.push_back(open_.back().span);
}

void Isolation::split(Span span) {
  const std::size_t middle = span.begin + (span.size() + 1) / 2;
  open_.push_back({.span = {middle, span.end}, .bad = false, .half = false});
  open_.push_back({.span = {span.begin, middle}, .bad = false, .half = true});
}

}  // namespace stagegate::mirror
