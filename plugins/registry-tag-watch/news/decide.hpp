// What follows from a look: which tags are told, which are waited for, and what is remembered.
// Pure.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/imageset/lock.hpp"
#include "plugins/registry-tag-watch/news/census.hpp"
#include "plugins/registry-tag-watch/news/state.hpp"

namespace stagegate::tag_watch {

// A tag that all images have.
struct NewTag {
  imageset::Lock lock;  // which bits it stood for when it was found complete
  time::Instant first_seen;
};

// What the registries have said about a candidate.
struct Finding {
  enum class State {
    unanswered,  // or not asked
    incomplete,  // an image does not have it
    no_image,    // what an image has under it is none
    complete,
  };
  State state = State::unanswered;
  std::vector<oci::Descriptor> manifests = {};  // when complete: of each image, in their order
  std::string why = {};                         // when not: in words, as far as it is known
};

// A tag that is not told, and why.
struct Doubt {
  Candidate candidate;
  std::string why;  // empty: not known
};

struct Decision {
  std::vector<NewTag> complete;  // to be told, the one that was seen first before all others
  std::vector<Doubt> forgotten;  // given up
  std::vector<Doubt> no_images;  // among those that are asked for again
  State next;                    // to be remembered once they are told
};

// After so many looks at which the moving tag stood still, the list is read all the same: a build
// whose every layer was cached leaves the digest as it is.
inline constexpr int kListEvery = 10;

// Whether the list has to be read, as far as the moving tag says. `digest` is empty when it is not
// there.
bool list_is_due(const State& before, const MovingTag& now);

// How many new tags are taken from the list. What could not be asked for or told stays pending in
// any case, and is not given up for what comes after it: when there is too much of that, no more is
// taken in; what is only incomplete makes room.
std::size_t room_for_new(std::size_t pending, std::size_t most_pending, std::size_t most_told);

// What has to be asked for: what was pending, and what is in the list for the first time.
std::vector<Candidate> candidates(const State& before, const Listing* listing, time::Instant now);

struct Patience {
  std::chrono::seconds forget_after{0};  // an incomplete tag
  std::size_t most_pending = 0;          // of more, incomplete ones seen first are given up
};

// `known` is the state with what the list has brought in; its pending tags are not looked at. One
// finding for each candidate.
Decision decide(State known, std::span<const oci::Repository> images,
                std::vector<Candidate> candidates, std::vector<Finding> findings, time::Instant now,
                const Patience& patience);

}  // namespace stagegate::tag_watch
