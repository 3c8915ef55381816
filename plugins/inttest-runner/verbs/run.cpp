#include "common/fs/file.hpp"
#include "common/imageset/persist.hpp"
#include "common/imageset/unchanged.hpp"
#include "common/log/log.hpp"
#include "common/oci/artifact.hpp"
#include "common/settings/read.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/archive/archive.hpp"
#include "plugins/inttest-runner/child/environment.hpp"
#include "plugins/inttest-runner/report/account.hpp"
#include "plugins/inttest-runner/run/attempt.hpp"
#include "plugins/inttest-runner/run/ground.hpp"
#include "plugins/inttest-runner/verbs/verbs.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

settings::Environment environment_for(const Options& options) {
  auto child = child_environment(
      settings::process_environment(), {options.pass_env, options.env},
      [](std::string_view value) { return !value.empty() && log::redact(value) != value; });
  if (!child.withheld.empty()) {
    log::info(cat("not passed on to the command: ", text::join(child.withheld, ", "),
                  " (they look like secrets; pass_env names those that it needs)"));
  }
  return std::move(child.variables);
}

class Course {
 public:
  Course(const Options& options, const step::Run& run, Ground ground)
      : options_(options), run_(run), ground_(std::move(ground)) {
    account_.tag = options.tag.text;
    account_.pipeline = options.pipeline;
    account_.images = "not checked";
  }

  step::Outcome go() {
    if (auto ran = run_tests(); !ran) return step::outcome_of(ran.error());
    account_.passed = account_.last().verdict.passed();
    account_.reason = reason_word(account_.last().verdict.reason);
    account_.words = account_.last().verdict.words;
    // A run that was broken off has shown nothing, and there is no time to keep it.
    if (account_.last().verdict.reason != Reason::interrupted) follow_up();
    write_reports();
    step::Outcome outcome{.exit = exit_, .text = account_text(account_)};
    if (!account_.passed && exit_ == step::Exit::done) outcome.exit = step::Exit::no;
    outcome.json = account_json(account_);
    return outcome;
  }

 private:
  Result<> run_tests() {
    const auto environment = environment_for(options_);
    const auto most = static_cast<std::size_t>(options_.retries) + 1;
    for (std::size_t number = 1; number <= most; ++number) {
      if (number > 1) {
        log::warning(cat(account_.last().verdict.words, ": attempt ", number, " of ", most));
        auto aside = put_aside(account_.attempts.back(), number - 1);
        if (!aside) return aside;
      }
      auto made = attempt(options_, environment, number, run_.clock, run_.interrupt_fd);
      if (!made) return forward(made.error());
      account_.attempts.push_back(*std::move(made));
      if (!account_.last().verdict.worth_repeating()) break;
    }
    return {};
  }

  // What follows a verdict: the images are looked at, the results are kept, the images are marked,
  // Kargo is told.
  // In this order, so that nothing is published of which the proof is not kept.
  void follow_up() {
    if (ground_.registries) deadline_ = run_.clock.uptime() + options_.registry_timeout;
    if (account_.passed) confirm_images();
    keep();
    if (account_.passed && time::interrupted(run_.clock)) {
      refuse("interrupted", {Failure::Kind::unknown, "ended by a signal: nothing is marked"});
    }
    if (account_.passed && ground_.plan) mark();
    if (account_.passed && ground_.announcer) announce();
  }

  void refuse(std::string_view reason, const Failure& failure) {
    account_.passed = false;
    account_.reason = reason;
    account_.words = failure.message;
    exit_ = step::exit_for(failure.kind);
  }

  void confirm_images() {
    if (!ground_.lock) return;
    auto same =
        imageset::check_unchanged(*ground_.registries, run_.clock, *ground_.lock, deadline_);
    if (same) {
      account_.images = "unchanged";
    } else if (same.error().kind == Failure::Kind::conflict) {
      account_.images = "changed";
      refuse("images_changed", same.error());
    } else {
      refuse("images_unknown", same.error());
    }
  }

  // A pass that cannot be proven later is none; a no stays a no.
  void keep() {
    auto kept = keep_in_folder_all();
    if (kept) kept = keep_in_registry();
    if (kept) kept = attach();
    if (kept) return;
    if (account_.passed) {
      refuse("not_archived", kept.error());
    } else {
      account_.notes.push_back(cat("the results are not archived: ", kept.error().message));
    }
  }

  Result<> keep_in_folder_all() {
    if (options_.archive_dir.empty()) return {};
    const std::size_t count = account_.attempts.size();
    for (std::size_t number = 1; number <= count; ++number) {
      const Attempt& attempt = account_.attempts[number - 1];
      if (std::holds_alternative<NoResults>(attempt.observed)) continue;
      auto place =
          keep_in_folder(options_.archive_dir,
                         archive_name(options_, attempt.results, number, count), attempt.results);
      if (!place) return forward(place.error());
      account_.archived.push_back(place->native());
    }
    return {};
  }

  Result<> keep_in_registry() {
    if (!ground_.archive) return {};
    const auto artifact = this->artifact();
    if (!artifact) return forward(artifact.error());
    const std::string tag = options_.pipeline.empty()
                                ? options_.tag.text
                                : cat(options_.tag.text, '-', options_.pipeline);
    auto registry = registry_of(*ground_.archive);
    if (!registry) return forward(registry.error());
    const auto stored = imageset::persist(run_.clock, deadline_, [&] {
      return oci::push_artifact(**registry, ground_.archive->name, tag, *artifact);
    });
    if (!stored) return forward(stored.error().failure);
    account_.archived.push_back(cat(ground_.archive->text(), ':', tag, '@', stored->digest.text));
    return {};
  }

  Result<> attach() {
    if (!ground_.attach_to) return {};
    auto artifact = this->artifact();
    if (!artifact) return forward(artifact.error());
    artifact->subject = ground_.attach_to->manifest;
    const oci::Repository& image = ground_.attach_to->image;
    auto registry = registry_of(image);
    if (!registry) return forward(registry.error());
    const auto attached = imageset::persist(run_.clock, deadline_, [&] {
      return oci::attach_artifact(**registry, image.name, *artifact);
    });
    if (!attached) return forward(attached.error().failure);
    account_.archived.push_back(
        cat(image.text(), '@', artifact->subject->digest.text, " (attached)"));
    if (*attached == oci::Attached::fallback_tag) {
      log::warning(cat("the registry has no referrers, so ", image.text(),
                       " has a tag sha256-... now; a Kargo Warehouse that watches it without "
                       "allowTagsRegexes fails at that tag"));
    }
    return {};
  }

  Result<oci::Artifact> artifact() const {
    return results_artifact(options_, account_.attempts, ground_.lock, run_.clock.now());
  }

  Result<oci::Registry*> registry_of(const oci::Repository& repository) {
    ground_.registries->set_deadline(deadline_);
    return ground_.registries->of(repository, true);
  }

  void mark() {
    ground_.plan->deadline = deadline_;
    const auto marked = imageset::mark(*ground_.registries, run_.clock, *ground_.plan);
    if (!marked) {
      const bool moved = marked.error().kind == Failure::Kind::conflict;
      return refuse(moved ? "images_changed" : "not_marked", marked.error());
    }
    account_.marked = imageset::marked_json(*ground_.plan, *marked);
    account_.notes.push_back(imageset::marked_words(*ground_.plan, *marked));
  }

  void announce() {
    const Counts counts = account_.results()->counts();
    imageset::News news{.event = ground_.plan ? "images-verified" : "tests-passed",
                        .lock = *ground_.lock,
                        .verified_tag = ground_.plan ? ground_.plan->tag : "",
                        .annotations = {{"stagegate.dev/inttest",
                                         cat("passed ", counts.passed, "/", counts.total())}}};
    const auto announced = ground_.announcer->announce(news, deadline_);
    if (announced.words.empty()) return;
    account_.kargo = announced.json;
    if (announced.failure) {
      refuse("kargo_not_told", {announced.failure->kind, announced.words});
    } else {
      account_.notes.push_back(announced.words);
    }
  }

  // The verdict stands without them; but who asked for a report wants to know.
  void write_reports() {
    for (const std::string& place : account_.archived) {
      account_.notes.push_back(cat("results kept: ", place));
    }
    const auto note = [&](const std::string& file, const Result<>& written) {
      if (!written) log::warning(cat(file, " is not written: ", written.error().message));
    };
    if (!options_.junit_file.empty()) {
      note(options_.junit_file, write_junit(options_.junit_file, account_));
    }
    if (!options_.markdown_file.empty()) {
      note(options_.markdown_file,
           fs::replace_file(options_.markdown_file, account_markdown(account_)));
    }
  }

  const Options& options_;
  const step::Run& run_;
  Ground ground_;
  Account account_;
  milliseconds deadline_{0};  // of all that registries are asked
  step::Exit exit_ = step::Exit::done;
};

}  // namespace

step::Outcome run_tests(const Options& options, const step::Run& run) {
  auto ground = prepare(options, run.clock, run.interrupt_fd);
  if (!ground) return step::outcome_of(ground.error());
  return Course(options, run, *std::move(ground)).go();
}

}  // namespace stagegate::inttest
