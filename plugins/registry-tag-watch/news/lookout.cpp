#include "plugins/registry-tag-watch/news/lookout.hpp"

#include <algorithm>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using oci::Answer;
using oci::Descriptor;
using oci::Refusal;

namespace {

constexpr std::size_t kQuestions = 512;  // at once: each is some hundred bytes

// The last one that is not the anchor: that has the tag already.
std::size_t first_to_ask(std::size_t images, std::size_t anchor) {
  if (images == 1) return anchor;
  return anchor + 1 == images ? images - 2 : images - 1;
}

}  // namespace

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
  if (answer.error().kind == Refusal::Kind::absent) return MovingTag{tag, {}};
  return forward(answer.error());
}

Answer<Listing> Lookout::list(std::span<const std::uint64_t> known, const TagFilter& filter,
                              std::size_t most) {
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

Answer<> Lookout::look(std::span<const Candidate> candidates, std::vector<Finding>& findings) {
  findings.resize(candidates.size());
  const std::size_t at_once = std::max<std::size_t>(kQuestions / images_.size(), 1);
  std::optional<Refusal> trouble;
  for (std::size_t at = 0; at < candidates.size(); at += at_once) {
    const std::size_t count = std::min(at_once, candidates.size() - at);
    auto looked =
        look_at_some(candidates.subspan(at, count), std::span(findings).subspan(at, count));
    if (looked) continue;
    trouble = std::move(looked.error());
    // The next hundreds would fare no better.
    if (!trouble->passing || trouble->kind == Refusal::Kind::unreachable) break;
  }
  if (trouble) return forward(*std::move(trouble));
  return {};
}

Answer<> Lookout::look_at_some(std::span<const Candidate> candidates, std::span<Finding> findings) {
  std::vector<Question> first;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    if (findings[at].state == Finding::State::unanswered) first.push_back({at, first_});
  }
  std::vector<std::vector<Descriptor>> seen(candidates.size());
  std::vector<std::size_t> answered(candidates.size(), 0);
  std::optional<Refusal> trouble;
  const auto take = [&](const Question& question, Answer<Descriptor> answer) {
    Finding& finding = findings[question.candidate];
    if (answer) {
      auto& manifests = seen[question.candidate];
      manifests.resize(images_.size());
      manifests[question.image] = *std::move(answer);
      if (++answered[question.candidate] < images_.size()) return;
      finding = {Finding::State::complete, std::move(manifests), {}};
    } else if (answer.error().kind == Refusal::Kind::absent) {
      finding = {Finding::State::incomplete, {}, images_[question.image].text()};
    } else if (!trouble || trouble->passing) {  // what is final matters more
      trouble = std::move(answer.error());
    }
  };
  Answers answers = ask(candidates, first);
  std::vector<Question> rest;
  for (std::size_t at = 0; at < first.size(); ++at) {
    const bool there = answers[at].has_value();
    take(first[at], std::move(answers[at]));
    for (std::size_t image = 0; there && image < images_.size(); ++image) {
      if (image != first_) rest.push_back({first[at].candidate, image});
    }
  }
  if (!trouble || trouble->passing) {
    answers = ask(candidates, rest);
    for (std::size_t at = 0; at < rest.size(); ++at) take(rest[at], std::move(answers[at]));
  }
  if (trouble) return forward(*std::move(trouble));
  return {};
}

}  // namespace stagegate::tag_watch
