#include "plugins/registry-tag-watch/news/lookout.hpp"

#include <algorithm>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using oci::Answer;
using oci::Descriptor;
using oci::Refusal;
using text::cat;

namespace {

constexpr std::size_t kQuestions = 512;  // at once: each is some hundred bytes

// The last one that is not the anchor: that has the tag already.
std::size_t first_to_ask(std::size_t images, std::size_t anchor) {
  if (images == 1) return anchor;
  return anchor + 1 == images ? images - 2 : images - 1;
}

bool unanswered(const Finding& finding) {
  return finding.state == Finding::State::unanswered;
}

bool complete(const Finding& finding) {
  return finding.state == Finding::State::complete;
}

// What concerns all before what waiting mends, and that before the rest.
bool matters_more(const Refusal& one, const Refusal& other) {
  const auto weight = [](const Refusal& refusal) {
    if (is_for_all(refusal)) return 2;
    return refusal.passing ? 1 : 0;
  };
  return weight(one) > weight(other);
}

}  // namespace

bool is_for_all(const Refusal& refusal) {
  switch (refusal.kind) {
    case Refusal::Kind::credential:
    case Refusal::Kind::denied:
      return true;
    case Refusal::Kind::unreachable:
      return !refusal.passing;
    default:
      return refusal.failure.kind == Failure::Kind::usage;
  }
}

Lookout::Lookout(std::vector<oci::Repository> images, std::size_t anchor,
                 imageset::Registries registries)
    : images_(std::move(images)),
      anchor_(anchor),
      first_(first_to_ask(images_.size(), anchor)),
      registries_(std::move(registries)) {}

Answer<MovingTag> Lookout::moving(const std::string& tag) {
  auto registry = registries_.of(anchor());
  if (!registry) return forward(oci::refusal_of(registry.error()));
  auto answer = (*registry)->look({anchor().name, tag});
  if (answer) return MovingTag{tag, answer->digest.text};
  const Refusal::Kind why = answer.error().kind;
  if (why == Refusal::Kind::absent || why == Refusal::Kind::no_image) return MovingTag{tag, {}};
  return forward(answer.error());
}

Answer<Listing> Lookout::list(std::span<const std::uint64_t> known, const TagFilter& filter,
                              std::optional<std::size_t> most) {
  auto registry = registries_.of(anchor());
  if (!registry) return forward(oci::refusal_of(registry.error()));
  Census census(known, filter, most);
  const auto listed =
      (*registry)->list_tags(anchor().name, [&](std::string_view tag) { census.note(tag); });
  if (listed) return census.finish();
  Refusal refusal = listed.error();
  if (refusal.kind == Refusal::Kind::absent) {
    refusal.failure.message +=
        "; a repository is made by the first push to it: is its name another one?";
  }
  return forward(std::move(refusal));
}

Lookout::Answers Lookout::ask(std::span<const Candidate> candidates,
                              std::span<const Question> questions) {
  // A place for each question: one image may be asked about many tags.
  std::vector<oci::Repository> asked;
  std::vector<imageset::Wanted> wanted;
  for (const Question& question : questions) {
    wanted.push_back({asked.size(), candidates[question.candidate].tag});
    asked.push_back(images_[question.image]);
  }
  Answers answers(questions.size(), forward(oci::strange(0, "no answer")));
  const auto note = [&](std::size_t at, Answer<Descriptor> answer) {
    answers[at] = std::move(answer);
  };
  if (auto looked = imageset::look(registries_, asked, wanted, note); !looked) {
    answers.assign(questions.size(), forward(oci::refusal_of(looked.error())));
  }
  return answers;
}

Answer<> Lookout::look(std::span<const Candidate> candidates, std::vector<Finding>& findings,
                       std::size_t most) {
  findings.resize(candidates.size());
  const std::size_t at_once = std::max<std::size_t>(kQuestions / images_.size(), 1);
  std::optional<Refusal> trouble;
  std::size_t complete_ones = 0;
  for (std::size_t at = 0; at < candidates.size() && complete_ones < most; at += at_once) {
    const std::size_t count = std::min(at_once, candidates.size() - at);
    const auto some = std::span(findings).subspan(at, count);
    auto looked = look_at_some(candidates.subspan(at, count), some);
    complete_ones += static_cast<std::size_t>(std::ranges::count_if(some, complete));
    if (looked) continue;
    if (!trouble || matters_more(looked.error(), *trouble)) trouble = std::move(looked.error());
    // The next hundreds would fare no better.
    if (is_for_all(*trouble) || std::ranges::all_of(some, unanswered)) break;
  }
  if (trouble) return forward(*std::move(trouble));
  return {};
}

// What comes of some candidates, answer by answer.
class Lookout::Batch {
 public:
  Batch(std::span<const oci::Repository> images, std::span<Finding> findings)
      : images_(images), findings_(findings), seen_(findings.size()), answered_(findings.size()) {}

  void take(const Question& question, Answer<Descriptor> answer) {
    Finding& finding = findings_[question.candidate];
    if (answer) {
      auto& manifests = seen_[question.candidate];
      manifests.resize(images_.size());
      manifests[question.image] = *std::move(answer);
      if (++answered_[question.candidate] < images_.size()) return;
      finding = {Finding::State::complete, std::move(manifests), {}};
    } else if (answer.error().kind == Refusal::Kind::absent) {
      finding = {Finding::State::incomplete, {}, cat("not in ", images_[question.image].text())};
    } else if (answer.error().kind == Refusal::Kind::no_image) {
      finding = {Finding::State::no_image, {}, std::move(answer.error().failure.message)};
    } else if (!trouble_ || matters_more(answer.error(), *trouble_)) {
      trouble_ = std::move(answer.error());
    }
  }

  const std::optional<Refusal>& trouble() const { return trouble_; }

 private:
  std::span<const oci::Repository> images_;
  std::span<Finding> findings_;
  std::vector<std::vector<Descriptor>> seen_;
  std::vector<std::size_t> answered_;  // images
  std::optional<Refusal> trouble_;
};

Answer<> Lookout::look_at_some(std::span<const Candidate> candidates, std::span<Finding> findings) {
  std::vector<Question> first;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    if (unanswered(findings[at])) first.push_back({at, first_});
  }
  Batch batch(images_, findings);
  Answers answers = ask(candidates, first);
  std::vector<Question> rest;
  for (std::size_t at = 0; at < first.size(); ++at) {
    const bool there = answers[at].has_value();
    batch.take(first[at], std::move(answers[at]));
    for (std::size_t image = 0; there && image < images_.size(); ++image) {
      if (image != first_) rest.push_back({first[at].candidate, image});
    }
  }
  if (!batch.trouble() || !is_for_all(*batch.trouble())) {
    answers = ask(candidates, rest);
    for (std::size_t at = 0; at < rest.size(); ++at) batch.take(rest[at], std::move(answers[at]));
  }
  if (batch.trouble()) return forward(*batch.trouble());
  return {};
}

}  // namespace stagegate::tag_watch
