// What is asked of the registries to find new tags.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/imageset/images.hpp"
#include "common/imageset/registries.hpp"
#include "plugins/registry-tag-watch/news/census.hpp"
#include "plugins/registry-tag-watch/news/decide.hpp"

namespace stagegate::tag_watch {

// Whoever may not look, or trusts no certificate, learns nothing about any tag. What else goes
// wrong with one tag says nothing about the next.
bool is_for_all(const oci::Refusal& refusal);

class Lookout {
 public:
  Lookout(std::vector<oci::Repository> images, std::size_t anchor, imageset::Registries registries);

  // What the moving tag of the anchor stands for. One small request.
  oci::Answer<MovingTag> moving(const std::string& tag);

  // The tags of the anchor.
  oci::Answer<Listing> list(std::span<const std::uint64_t> known, const TagFilter& filter,
                            std::optional<std::size_t> most);

  // Asks about every candidate whose finding is `unanswered`. The image that was built last goes
  // first: where it does not have the tag, the others are not asked. Fails with what kept some from
  // being answered; the others are found out all the same, unless it concerns all (is_for_all).
  // Stops when about `most` are complete: what they stand for is held in memory.
  oci::Answer<> look(std::span<const Candidate> candidates, std::vector<Finding>& findings,
                     std::size_t most);

  const std::vector<oci::Repository>& images() const { return images_; }
  const oci::Repository& anchor() const { return images_[anchor_]; }
  imageset::Registries& registries() { return registries_; }

 private:
  struct Question {
    std::size_t candidate;
    std::size_t image;
  };
  using Answers = std::vector<oci::Answer<oci::Descriptor>>;
  class Batch;
  Answers ask(std::span<const Candidate> candidates, std::span<const Question> questions);
  oci::Answer<> look_at_some(std::span<const Candidate> candidates, std::span<Finding> findings);

  std::vector<oci::Repository> images_;
  std::size_t anchor_;
  std::size_t first_;  // the image that is asked first
  imageset::Registries registries_;
};

}  // namespace stagegate::tag_watch
