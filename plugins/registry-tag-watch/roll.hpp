// Which images of a build are there, and which to ask for next. Pure: the loop around it asks and
// sleeps.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/oci/registry.hpp"

namespace stagegate::tag_watch {

using std::chrono::milliseconds;

struct Sight {
  enum class State {
    unasked,  // not yet
    missing,  // nothing under this tag
    unfit,    // something, but not (or not yet) what is waited for
    present,
    trouble,  // the registry did not answer, or not with an answer
  };
  State state = State::unasked;
  std::optional<oci::Descriptor> manifest = {};  // when present or unfit
  std::string status = {};                       // "404 MANIFEST_UNKNOWN"
  std::string why = {};                          // in words, when unfit or trouble
};

// All images have to be there, so the first one that is missing ends a look: as long as one is
// known to be missing, only that one is asked for, the last in the order of building. When it
// comes, the others are asked for at once. That is the fewest requests there can be: one for each
// look, and one more for each other image.
class Roll {
 public:
  explicit Roll(std::size_t images) : sights_(images) {}

  // Where a look begins: one image, or all that are missing, when `all` is to be known.
  std::vector<std::size_t> first(bool all) const;
  // What follows after the first one has been answered.
  std::vector<std::size_t> rest(std::size_t asked) const;

  void note(std::size_t image, Sight sight) { sights_[image] = std::move(sight); }
  bool complete() const { return missing().empty(); }
  std::vector<std::size_t> missing() const;
  // For one that is not present the registry has not answered: it may be there.
  bool any_trouble() const;
  const std::vector<Sight>& sights() const { return sights_; }

 private:
  std::vector<Sight> sights_;
};

}  // namespace stagegate::tag_watch
