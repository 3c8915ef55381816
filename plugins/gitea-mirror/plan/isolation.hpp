// Which refs to blame when a target declines a push as a whole (pre-receive hooks do): the rest is
// pushed without them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace stagegate::mirror {

// The changes [begin, end) of a plan's updates, in their order.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

// Halves what was declined, again and again. One bad ref among n costs about log2(n) pushes: of two
// halves, when the first is taken, the second is known to be bad and halved without being tried.
class Isolation {
 public:
  // All of the first `count` were declined. At most `most_pushes` are made; what is left is given
  // up.
  explicit Isolation(std::size_t count, std::size_t most_pushes = 64);

  // What to push next, the same until its outcome is told; empty: done.
  std::optional<Span> next() const;

  // The outcome of that push: every ref had an answer of its own (taken, or refused for itself), or
  // all of them were declined together.
  void answered();
  void declined();

  // Declined when pushed alone: what the target said then is about this one.
  const std::vector<std::size_t>& culprits() const { return culprits_; }
  // Neither taken nor declined alone, when the pushes ran out.
  const std::vector<Span>& given_up() const { return given_up_; }
  std::size_t pushes() const { return pushes_; }

 private:
  struct Piece {
    Span span;
    bool bad = false;   // known to be declined as a whole
    bool half = false;  // the first half of what was declined: the second lies below it
  };
  void settle();
  void split(Span span);

  std::vector<Piece> open_;  // the last one is next
  std::vector<std::size_t> culprits_;
  std::vector<Span> given_up_;
  std::size_t pushes_ = 0;
  std::size_t most_pushes_;
};

}  // namespace stagegate::mirror
