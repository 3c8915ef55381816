#include "common/imageset/mark.hpp"

#include <algorithm>
#include <optional>

#include "common/imageset/images.hpp"
#include "common/imageset/persist.hpp"
#include "common/imageset/unchanged.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using oci::Answer;
using oci::Descriptor;
using oci::Manifest;
using oci::Refusal;
using text::cat;

namespace {

tl::unexpected<Refusal> conflict(std::string message) {
  return forward(oci::refusal_of(Failure{Failure::Kind::conflict, std::move(message)}));
}

// One try. What it finds out is not kept for the next one: in the meantime anything may have
// changed.
class Attempt {
 public:
  Attempt(Registries& registries, const MarkPlan& plan)
      : registries_(registries), plan_(plan), images_(plan.lock.repositories()) {}

  Answer<Marking> run() {
    if (auto unchanged = read_tested(); !unchanged) return forward(unchanged.error());
    // Published for other bits: then not one of the others is touched.
    const auto published = is_published();
    if (!published) return forward(published.error());
    for (std::size_t image = 0; image < images_.size(); ++image) {
      if (image == plan_.anchor) continue;
      if (auto good = mark_one(image); !good) return forward(with_state(good.error(), *published));
      ++standing_;
    }
    if (*published) return marking_;
    if (auto good = publish(); !good) return forward(with_state(good.error(), false));
    return marking_;
  }

 private:
  // The bits that were tested, by the tag that they were tested by: one question finds out that it
  // has not been moved and brings what is stored again.
  Answer<> read_tested() {
    manifests_.resize(images_.size());
    std::vector<Wanted> wanted;
    for (std::size_t image = 0; image < images_.size(); ++image) {
      if (auto named = registries_.of(images_[image], true); !named)
        return forward(oci::refusal_of(named.error()));
      wanted.push_back({image, plan_.lock.tag});
    }
    std::optional<Refusal> first;
    const auto note = [&](std::size_t image, Answer<Manifest> answer) {
      auto tested = as_tested(image, std::move(answer));
      if (tested) {
        manifests_[image] = *std::move(tested);
      } else if (!first || first->passing) {  // what is final matters more
        first = std::move(tested.error());
      }
    };
    if (auto asked = read(registries_, images_, wanted, note); !asked)
      return forward(oci::refusal_of(asked.error()));
    if (first) return forward(*std::move(first));
    return {};
  }

  Answer<Manifest> as_tested(std::size_t image, Answer<Manifest> answer) const {
    auto there = answer ? Answer<Descriptor>(answer->descriptor) : forward(answer.error());
    auto same = as_locked(plan_.lock, image, there);
    if (!same) return forward(std::move(same.error()));
    return answer;
  }

  Answer<std::optional<Descriptor>> standing(std::size_t image) {
    auto registry = registries_.of(images_[image], true);
    if (!registry) return forward(oci::refusal_of(registry.error()));
    auto seen = (*registry)->look({images_[image].name, plan_.tag});
    if (seen) return std::optional(*std::move(seen));
    if (seen.error().kind == Refusal::Kind::absent) return std::nullopt;
    return forward(seen.error());
  }

  const oci::Digest& digest(std::size_t image) const {
    return plan_.lock.images[image].manifest.digest;
  }

  tl::unexpected<Refusal> other_there(std::size_t image, const Descriptor& there) const {
    return conflict(cat(images_[image].text(), ':', plan_.tag, " is there already and is ",
                        there.digest.text, ", not ", digest(image).text,
                        image == plan_.anchor
                            ? ": this tag was published for other bits and is never moved"
                            : ": another run has marked other bits; if that run is over and "
                              "was not published, on_conflict: replace_unpublished goes on"));
  }

  // Whether the anchor has the tag already, for these bits.
  Answer<bool> is_published() {
    const auto there = standing(plan_.anchor);
    if (!there) return forward(there.error());
    if (!*there) return false;
    if ((*there)->digest != digest(plan_.anchor)) return other_there(plan_.anchor, **there);
    return true;
  }

  // Written once: what is there stays, and the same bits are no news. The look comes right before
  // the change, for nothing else stands between two runs at once.
  Answer<> mark_one(std::size_t image) {
    const auto there = standing(image);
    if (!there) return forward(there.error());
    if (*there && (*there)->digest == digest(image)) return {};
    if (*there) {
      if (!plan_.replace_unpublished) return other_there(image, **there);
      const auto published = is_published();
      if (!published) return forward(published.error());
      if (*published) return other_there(image, **there);
      log::warning(cat(images_[image].text(), ':', plan_.tag, " was ", (*there)->digest.text,
                       " of a run that was never published, and gives way"));
    }
    return store(image);
  }

  Answer<> store(std::size_t image) {
    auto registry = registries_.of(images_[image], true);
    if (!registry) return forward(oci::refusal_of(registry.error()));
    const Manifest& manifest = manifests_[image];
    auto stored = (*registry)->put({images_[image].name, plan_.tag}, manifest.descriptor.media_type,
                                   manifest.bytes);
    if (!stored) {
      if (stored.error().code == "MANIFEST_BLOB_UNKNOWN") {
        stored.error().failure.message +=
            ": parts of it were removed from the registry; build anew";
      }
      return forward(stored.error());
    }
    ++marking_.stored;
    return {};
  }

  // The last step, which makes all of it visible. Another run may have marked other bits since each
  // was looked at, so all are looked at once more.
  Answer<> publish() {
    if (auto all = all_stand(); !all) return all;
    return store(plan_.anchor);
  }

  // Every image but the anchor has the tag, for the bits that were tested; the anchor has none, or
  // for the same.
  Answer<> all_stand() {
    std::vector<Wanted> wanted;
    for (std::size_t image = 0; image < images_.size(); ++image) {
      wanted.push_back({image, plan_.tag});
    }
    std::optional<Refusal> first;
    const auto note = [&](std::size_t image, Answer<Descriptor> answer) {
      if (answer && answer->digest == digest(image)) return;
      if (!answer && answer.error().kind == Refusal::Kind::absent && image == plan_.anchor) return;
      if (first && !first->passing) return;  // what is final matters more
      first = answer ? other_there(image, *answer).value() : answer.error();
    };
    if (auto asked = look(registries_, images_, wanted, note); !asked)
      return forward(oci::refusal_of(asked.error()));
    if (first) return forward(*std::move(first));
    return {};
  }

  // What a failure half-way leaves behind.
  Refusal with_state(Refusal refusal, bool published) const {
    const std::string anchor = images_[plan_.anchor].text();
    refusal.failure.message +=
        published ? cat(" - ", anchor,
                        " has the tag, so it is published, and not all others are "
                        "known to have it for the bits that were tested")
                  : cat(" - ", standing_, " of ", images_.size(), " have the tag, and ", anchor,
                        " did not get it: this run has published nothing; it is safe to run again");
    return refusal;
  }

  Registries& registries_;
  const MarkPlan& plan_;
  std::vector<oci::Repository> images_;
  std::vector<Manifest> manifests_;
  Marking marking_;
  std::size_t standing_ = 0;  // images but the anchor that have the tag for these bits
};

}  // namespace

Result<Marking> mark(Registries& registries, time::Clock& clock, const MarkPlan& plan) {
  registries.set_deadline(plan.deadline);
  const auto marked =
      persist(clock, plan.deadline, [&] { return Attempt(registries, plan).run(); });
  if (!marked) return forward(marked.error().failure);
  return *marked;
}

Result<std::size_t> find_anchor(std::span<const oci::Repository> images,
                                std::string_view repository, std::string_view default_registry) {
  if (repository.empty()) {
    if (images.size() == 1) return 0;
    return usage(
        "anchor: name the repository that is watched: it gets a tag last, so that nobody sees a "
        "build of which only a part is there");
  }
  const std::string_view registry =
      default_registry.empty() ? images.front().registry : default_registry;
  const auto anchor = oci::parse_repository(repository, registry);
  if (!anchor) return usage(cat("anchor: ", anchor.error().message));
  const auto found = std::ranges::find(images, *anchor);
  if (found == images.end()) {
    return usage(cat("anchor: ", anchor->text(), " is not among the images"));
  }
  return static_cast<std::size_t>(found - images.begin());
}

}  // namespace stagegate::imageset
