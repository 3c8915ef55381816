#include "plugins/inttest-runner/options.hpp"

namespace stagegate::inttest {
namespace {

void declare_command(settings::Table& table, Options& o) {
  table.add(o.tag, {.name = "tag",
                    .help = "The tag of the images that are tested; the command finds it in "
                            "STAGEGATE_IMAGE_TAG.",
                    .ci = {"CI_COMMIT_SHA"},
                    .required = true});
  table.add(o.command, {.name = "command",
                        .help = "What runs the tests, in the words of `sh`.",
                        .fallback = "bash infra/inttest/run_pipeline.sh --image-tag "
                                    "\"$STAGEGATE_IMAGE_TAG\" --results-file "
                                    "\"$STAGEGATE_RESULTS_FILE\""});
  table.add(o.arguments, {.name = "arguments",
                          .help = "The same without a shell, word by word: after -- on the command "
                                  "line.",
                          .value = "WORD"});
  table.add(o.results_file, {.name = "results_file",
                             .help = "Where the command leaves its results; STAGEGATE_RESULTS_FILE "
                                     "for it. What is there before is removed.",
                             .value = "FILE",
                             .fallback = "inttest-results.json"});
  table.add(o.cleanup, {.name = "cleanup",
                        .help = "What tidies up after each run, however it ended, in the words of "
                                "`sh`."});
  table.add(o.env, {.name = "env",
                    .help = "Variables for both commands.",
                    .value = "NAME=VALUE",
                    .empty_elements = settings::EmptyElements::kept});
  table.add(o.pass_env, {.name = "pass_env",
                         .help = "Variables that they get although they look like secrets "
                                 "(TOKEN, PASSWORD, SECRET ... in the name).",
                         .value = "NAME"});
}

void declare_limits(settings::Table& table, Options& o) {
  table.add(o.timeout, {.name = "timeout", .help = "How long a run may take.", .fallback = "45m"});
  table.add(o.grace, {.name = "grace",
                      .help = "How long a command that is stopped may take to tidy up, before it "
                              "is killed.",
                      .fallback = "30s"});
  table.add(o.cleanup_timeout,
            {.name = "cleanup_timeout",
             .help = "How long `cleanup` may take; after a signal it has 8 seconds at most.",
             .fallback = "5m"});
  table.add(o.retries, {.name = "retries",
                        .help = "How often tests that did not pass are run again. A pass after "
                                "that is told as flaky.",
                        .fallback = "0",
                        .least = 0,
                        .most = 10});
  table.add(o.min_tests, {.name = "min_tests",
                          .help = "How many tests must have run, skipped ones not counted.",
                          .fallback = "1",
                          .least = 1});
  table.add(o.timestamps, {.name = "timestamps",
                           .help = "Begin each line of the command's output with the time.",
                           .fallback = "true"});
}

void declare_reports(settings::Table& table, Options& o) {
  table.add(o.junit_file, {.name = "junit_file",
                           .help = "Write the tests of the last run as JUnit XML.",
                           .value = "FILE"});
  table.add(o.markdown_file,
            {.name = "markdown_file", .help = "Write a summary in Markdown.", .value = "FILE"});
  table.add(o.archive_dir, {.name = "archive_dir",
                            .help = "Keep the results files in this folder, named by tag and "
                                    "pipeline.",
                            .value = "FOLDER"});
  table.add(o.results_repository,
            {.name = "results_repository",
             .help = "Keep them in this repository of a registry, which must hold no images.",
             .value = "REPOSITORY"});
  table.add(o.attach, {.name = "attach",
                       .help = "Attach them to the anchor's image, too. A registry without "
                               "referrers gets a tag sha256-... for that.",
                       .fallback = "false"});
  table.add(o.pipeline, {.name = "pipeline",
                         .help = "The number of the pipeline, for names in the archive.",
                         .value = "NUMBER",
                         .ci = {"CI_PIPELINE_NUMBER"}});
}

}  // namespace

void declare_options(settings::Table& table, Options& o) {
  table.verb({.name = "run",
              .help = "Run the tests, judge what came of them, mark the images that passed.",
              .positionals = {"arguments"}});
  declare_command(table, o);
  declare_limits(table, o);
  declare_reports(table, o);
  table.add(o.mark, {.name = "mark",
                     .help = "Mark the images of the lock file when the tests have passed.",
                     .fallback = "true"});
  table.add(o.lock_file, {.name = "lock_file",
                          .help = "The digests of the images that are tested, as "
                                  "registry-tag-watch wait has written them.",
                          .value = "FILE",
                          .fallback = "images.lock.json"});
  imageset::declare_mark_settings(table, o.marking, {});
  imageset::declare_announce_settings(table, o.announce, {});
  imageset::declare_registry_settings(table, o.registry, {});
  table.add(o.registry_timeout, {.name = "registry_timeout",
                                 .help = "How long registries are asked in all, after the tests.",
                                 .fallback = "10m"});
}

}  // namespace stagegate::inttest
