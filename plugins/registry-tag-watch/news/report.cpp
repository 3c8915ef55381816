#include "plugins/registry-tag-watch/news/report.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kNamed = 10;  // in the log

Json forgotten_json(const std::vector<Doubt>& forgotten) {
  Json list{Json::Array{}};
  for (const Doubt& one : forgotten) list.push(one.candidate.tag);
  return list;
}

Json no_images_json(const std::vector<Doubt>& no_images) {
  Json list{Json::Array{}};
  for (const Doubt& one : no_images) {
    list.push(Json().set("tag", one.candidate.tag).set("why", one.why));
  }
  return list;
}

// A line for each of the first; `rest` follows how many others there are.
template <class Words>
void warn_of_each(std::span<const Doubt> doubts, const Words& words, std::string_view rest) {
  for (const Doubt& one : doubts.first(std::min(doubts.size(), kNamed))) log::warning(words(one));
  if (doubts.size() > kNamed) log::warning(cat("and ", doubts.size() - kNamed, " more ", rest));
}

Json pending_json(const std::vector<Candidate>& pending) {
  Json list{Json::Array{}};
  for (const Candidate& one : pending) {
    list.push(Json().set("tag", one.tag).set("first_seen", time::rfc3339(one.first_seen)));
  }
  return list;
}

}  // namespace

void warn_of(const Round& round) {
  const Decision& decision = round.decision;
  const auto given_up = [](const Doubt& one) {
    return cat(one.candidate.tag, " is given up: there since ",
               time::rfc3339(one.candidate.first_seen), "; ", one.why);
  };
  warn_of_each(decision.forgotten, given_up, "are given up");
  if (round.baseline) {
    log::info(cat("there was no state file: ", decision.next.keys.size(),
                  " tags are known now, and what comes from now on is new"));
  }
}

void warn_of_no_images(std::span<const Doubt> no_images) {
  const auto no_image = [](const Doubt& one) {
    return cat(one.candidate.tag, " is not told: ", one.why, "; `exclude` leaves such tags out");
  };
  warn_of_each(no_images, no_image, "are no images");
}

step::Outcome answer_of(const Round& round, const Told& told, const News& news) {
  std::vector<std::string> tags;
  Json list{Json::Array{}};
  for (const NewTag& tag : told.tags) {
    tags.push_back(tag.lock.tag);
    list.push(new_tag_json(tag));
  }
  step::Outcome outcome;
  outcome.text = text::join(tags, "\n");
  const State& next = round.decision.next;
  outcome.json.set("anchor", next.anchor)
      .set("baseline", round.baseline)
      .set("listed", round.listed)
      .set("known", std::uint64_t{next.keys.size()})
      .set("new", std::move(list))
      .set("pending", pending_json(next.pending))
      .set("no_image", no_images_json(round.decision.no_images))
      .set("forgotten", forgotten_json(round.decision.forgotten))
      .set("more", round.more)
      .set("requests", news.registries().requests());
  std::string trouble;
  if (round.trouble) trouble = round.trouble->failure.message;
  if (told.failure) trouble = told.failure->message;
  if (!trouble.empty()) {
    log::error(trouble);
    outcome.exit = step::Exit::unknown;
    outcome.json.set("message", trouble);
  }
  return outcome;
}

}  // namespace stagegate::tag_watch
