#include "plugins/registry-tag-watch/news/decide.hpp"

#include <algorithm>
#include <set>

namespace stagegate::tag_watch {
namespace {

NewTag new_tag(std::span<const oci::Repository> images, const Candidate& candidate,
               const Finding& finding, time::Instant now) {
  NewTag tag{{candidate.tag, {}, now, {}}, candidate.first_seen};
  for (std::size_t image = 0; image < images.size(); ++image) {
    tag.lock.images.push_back({images[image], finding.manifests[image]});
  }
  return tag;
}

// A candidate that is asked for again. Whoever has not been answered for is never given up.
struct Open {
  Candidate candidate;
  bool answered;
};

bool seen_before(const Open& left, const Open& right) {
  return left.candidate.first_seen < right.candidate.first_seen;
}

// Those seen first make room.
void shorten(std::vector<Open>& open, std::size_t most, std::vector<Doubt>& forgotten) {
  if (open.size() <= most) return;
  std::ranges::stable_sort(open, seen_before);
  std::size_t surplus = open.size() - most;
  std::erase_if(open, [&](Open& one) {
    if (surplus == 0 || !one.answered) return false;
    --surplus;
    forgotten.push_back({std::move(one.candidate), "too many others are waited for"});
    return true;
  });
}

}  // namespace

bool list_is_due(const State& before, const MovingTag& now) {
  const bool still =
      !now.digest.empty() && now.tag == before.moving.tag && now.digest == before.moving.digest;
  return !still || before.moving.lists_skipped + 1 >= kListEvery;
}

std::size_t room_for_new(std::size_t pending, std::size_t most_pending, std::size_t most_told) {
  if (pending < most_pending) return most_told;
  return pending < most_pending * 11 / 10 ? most_told / 10 : 0;
}

std::vector<Candidate> candidates(const State& before, const Listing* listing, time::Instant now) {
  std::vector<Candidate> all = before.pending;
  std::set<std::string> there;
  for (Candidate& one : all) {
    // Somebody has set the clock back: nothing was seen in the future.
    one.first_seen = std::min(one.first_seen, now);
    there.insert(one.tag);
  }
  if (listing == nullptr) return all;
  for (const std::string& tag : listing->unseen) {
    if (!there.contains(tag)) all.push_back({tag, now});
  }
  return all;
}

Decision decide(State known, std::span<const oci::Repository> images,
                std::vector<Candidate> candidates, std::vector<Finding> findings, time::Instant now,
                const Patience& patience) {
  Decision decision{{}, {}, {}, std::move(known)};
  std::vector<Open> open;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    Candidate& candidate = candidates[at];
    Finding& finding = findings[at];
    const bool answered = finding.state != Finding::State::unanswered;
    if (finding.state == Finding::State::complete) {
      decision.complete.push_back(new_tag(images, candidate, finding, now));
    } else if (answered && now - candidate.first_seen >= patience.forget_after) {
      decision.forgotten.push_back({std::move(candidate), std::move(finding.why)});
    } else {
      if (finding.state == Finding::State::no_image) {
        decision.no_images.push_back({candidate, std::move(finding.why)});
      }
      open.push_back({std::move(candidate), answered});
    }
  }
  shorten(open, patience.most_pending, decision.forgotten);
  decision.next.pending.clear();
  for (Open& one : open) decision.next.pending.push_back(std::move(one.candidate));
  std::ranges::stable_sort(decision.complete, {}, &NewTag::first_seen);
  return decision;
}

}  // namespace stagegate::tag_watch
