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

bool seen_before(const Candidate& left, const Candidate& right) {
  return left.first_seen < right.first_seen;
}

// Those seen first make room.
void shorten(std::vector<Candidate>& pending, std::size_t most, std::vector<Forgotten>& forgotten) {
  if (pending.size() <= most) return;
  std::ranges::stable_sort(pending, seen_before);
  const auto surplus = static_cast<std::ptrdiff_t>(pending.size() - most);
  for (auto one = pending.begin(); one != pending.begin() + surplus; ++one) {
    forgotten.push_back({std::move(*one), {}});
  }
  pending.erase(pending.begin(), pending.begin() + surplus);
}

}  // namespace

bool list_is_due(const State& before, const MovingTag& now) {
  const bool still =
      !now.digest.empty() && now.tag == before.moving.tag && now.digest == before.moving.digest;
  return !still || before.moving.lists_skipped + 1 >= kListEvery;
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
  Decision decision{{}, {}, std::move(known)};
  decision.next.pending.clear();
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    Candidate& candidate = candidates[at];
    Finding& finding = findings[at];
    if (finding.state == Finding::State::complete) {
      decision.complete.push_back(new_tag(images, candidate, finding, now));
    } else if (finding.state == Finding::State::incomplete &&
               now - candidate.first_seen >= patience.forget_after) {
      decision.forgotten.push_back({std::move(candidate), std::move(finding.without)});
    } else {
      decision.next.pending.push_back(std::move(candidate));
    }
  }
  shorten(decision.next.pending, patience.most_pending, decision.forgotten);
  std::ranges::stable_sort(decision.complete, {}, &NewTag::first_seen);
  return decision;
}

}  // namespace stagegate::tag_watch
