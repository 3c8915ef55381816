#include "plugins/registry-tag-watch/report.hpp"

#include <map>

#include "common/log/log.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kNamed = 4;  // in a line of progress

const char* state_word(Sight::State state) {
  switch (state) {
    case Sight::State::unasked:
      return "not asked";
    case Sight::State::missing:
      return "missing";
    case Sight::State::unfit:
      return "not fit";
    case Sight::State::present:
      return "present";
    case Sight::State::trouble:
      return "no answer";
  }
  return "?";
}

// The last part of a name: enough where all have the same prefix.
std::string_view short_name(const oci::Repository& image) {
  return std::string_view(image.name).substr(image.name.rfind('/') + 1);
}

std::string short_digest(const std::string& digest) {
  return digest.substr(0, 19);  // "sha256:" and twelve digits
}

std::string parent_of(const std::string& name) {
  return name.substr(0, name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
}

// The repository that was probably meant, among those beside it.
std::string meant(oci::Registry& registry, const oci::Repository& image) {
  const auto names = registry.repositories();
  if (!names) return {};
  std::vector<std::string> beside;
  const std::string parent = parent_of(image.name);
  for (const std::string& name : *names) {
    if (parent_of(name) == parent) beside.push_back(name.substr(parent.size()));
  }
  const auto nearest = text::nearest(short_name(image), beside);
  return nearest.empty() ? std::string() : cat("; did you mean ", nearest, "?");
}

// Why the repository has no such tag: a HEAD has no body, only a GET tells what is not there from
// what is kept from us.
std::string without_tag(oci::Registry& registry, const oci::Repository& image,
                        const std::string& tag) {
  const auto read = registry.read({image.name, tag});
  if (read || read.error().kind == oci::Refusal::Kind::absent) {
    return cat("the repository is there, the tag ", tag, " is not");
  }
  return read.error().failure.message;
}

std::string hint(Watcher& watcher, std::size_t image, const std::string& tag) {
  const oci::Repository& repository = watcher.images()[image];
  const Sight& sight = watcher.roll().sights()[image];
  if (!sight.why.empty()) return sight.why;
  auto registry = watcher.registries().of(repository);
  if (!registry) return {};
  const auto there = (*registry)->has_repository(repository.name);
  if (!there) return there.error().failure.message;
  if (*there) return without_tag(**registry, repository, tag);
  return cat(repository.registry, " has no repository ", repository.name,
             meant(**registry, repository));
}

}  // namespace

std::string awaited(const std::vector<oci::Repository>& images, const Roll& roll) {
  std::vector<std::string> names;
  std::size_t unasked = 0;
  std::size_t unnamed = 0;
  const auto missing = roll.missing();
  for (const std::size_t image : missing) {
    if (roll.sights()[image].state == Sight::State::unasked) {
      ++unasked;
    } else if (names.size() == kNamed) {
      ++unnamed;
    } else {
      names.emplace_back(short_name(images[image]));
    }
  }
  std::string words = cat(images.size() - missing.size(), "/", images.size(),
                          " present; waiting for ", text::join(names, ", "));
  if (unnamed > 0) words += cat(" and ", unnamed, " more");
  if (unasked > 0) words += cat(", ", unasked, " not asked for yet");
  return words;
}

std::string table(const std::vector<oci::Repository>& images, const Roll& roll,
                  const std::vector<std::string>& hints) {
  text::Table table({"image", "state", "digest", "bytes", hints.empty() ? "" : "why"});
  for (std::size_t image = 0; image < images.size(); ++image) {
    const Sight& sight = roll.sights()[image];
    const auto& manifest = sight.manifest;
    table.row({images[image].text(), state_word(sight.state),
               manifest ? short_digest(manifest->digest.text) : sight.status,
               manifest ? std::to_string(manifest->size) : "", hints.empty() ? "" : hints[image]});
  }
  std::string text = table.text();
  text.pop_back();  // the last line's end is whoever prints it's
  return text;
}

Json report_json(const std::string& tag, const std::vector<oci::Repository>& images,
                 const Roll& roll, const std::vector<std::string>& hints) {
  Json list{Json::Array{}};
  for (std::size_t image = 0; image < images.size(); ++image) {
    const Sight& sight = roll.sights()[image];
    Json one;
    one.set("image", images[image].text()).set("state", state_word(sight.state));
    if (sight.manifest) {
      one.set("digest", sight.manifest->digest.text)
          .set("media_type", sight.manifest->media_type)
          .set("size", sight.manifest->size);
    }
    if (!sight.status.empty()) one.set("status", sight.status);
    const std::string& why = hints.empty() ? sight.why : hints[image];
    if (!why.empty()) one.set("why", why);
    list.push(std::move(one));
  }
  return Json()
      .set("tag", tag)
      .set("complete", roll.complete())
      .set("present", std::uint64_t{images.size() - roll.missing().size()})
      .set("images", std::move(list));
}

std::vector<std::string> diagnose(Watcher& watcher, const std::string& tag,
                                  const time::Clock& clock) {
  watcher.registries().set_deadline(clock.uptime() + kForDiagnosis);
  std::vector<std::string> hints(watcher.images().size());
  for (const std::size_t image : watcher.roll().missing()) hints[image] = hint(watcher, image, tag);
  return hints;
}

void add_announcement(step::Outcome& outcome, const imageset::Announced& announced) {
  if (announced.words.empty()) return;
  outcome.json.set("kargo", announced.json);
  if (!announced.failure) {
    outcome.text += cat("\n", announced.words);
    return;
  }
  log::error(announced.words);
  outcome.exit = step::exit_for(announced.failure->kind);
  outcome.text = cat(announced.words, "\n", outcome.text);
  outcome.json.set("message", announced.words);
}

}  // namespace stagegate::tag_watch
