#include "plugins/registry-tag-watch/news/report.hpp"

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kNamed = 10;  // in the log

Json forgotten_json(const std::vector<Forgotten>& forgotten) {
  Json list{Json::Array{}};
  for (const Forgotten& one : forgotten) list.push(one.candidate.tag);
  return list;
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
  std::size_t named = 0;
  for (const Forgotten& one : decision.forgotten) {
    if (++named > kNamed) break;
    const std::string since = time::rfc3339(one.candidate.first_seen);
    log::warning(cat(one.candidate.tag, " is given up: there since ", since,
                     one.without.empty() ? ", and too many others are waited for"
                                         : cat(", and still not in ", one.without)));
  }
  if (decision.forgotten.size() > kNamed) {
    log::warning(cat("and ", decision.forgotten.size() - kNamed, " more are given up"));
  }
  if (round.more) log::warning("there are more new tags: the next look takes them");
  if (round.baseline) {
    log::info(cat("there was no state file: ", decision.next.keys.size(),
                  " tags are known now, and what comes from now on is new"));
  }
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
