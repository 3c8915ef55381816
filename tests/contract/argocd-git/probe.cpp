// The write-back as a program that a test can run against a server of its own. Settings come from
// PLUGIN_* as they would in a step; the answer is a line of JSON.
//
//   probe set TAG APPLICATION...
//   probe holds APPLICATION TAG REVISION...
//   probe edit        reads {"text" (base64), "path", "value"}, one a line, and edits each
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "common/crypto/encoding.hpp"
#include "common/settings/read.hpp"
#include "common/step/exit_code.hpp"
#include "common/text/json.hpp"
#include "common/text/yaml_edit.hpp"
#include "common/time/clock.hpp"
#include "plugins/argocd-sync/git/settings.hpp"

namespace {

using namespace stagegate;
using namespace stagegate::argocd;
using text::Json;

struct Options {
  git::GitSettings git;
  std::string run_id;
  std::string stage;
  std::string promoted_by;
  std::chrono::milliseconds timeout{0};
};

void declare(settings::Table& table, Options& options) {
  table.verb({.name = "probe"});
  git::declare_git_settings(table, options.git, {});
  table.add(options.run_id, {.name = "run_id"});
  table.add(options.stage, {.name = "stage"});
  table.add(options.promoted_by, {.name = "promoted_by"});
  table.add(options.timeout, {.name = "timeout", .fallback = "30s"});
}

Json shown(const git::Written& written) {
  return Json()
      .set("app", written.app)
      .set("file", written.file)
      .set("commit", written.commit)
      .set("old_tag", written.old_tag)
      .set("changed", written.changed)
      .set("words", written.words);
}

Result<Json> ask(git::WriteBack& write_back, const std::vector<std::string>& words) {
  Json answer{Json::Array{}};
  if (words.at(0) == "set") {
    const auto written = write_back.set({words.begin() + 2, words.end()}, words.at(1));
    if (!written) return forward(written.error());
    for (const git::Written& one : *written) answer.push(shown(one));
  } else {
    for (auto revision = words.begin() + 3; revision != words.end(); ++revision) {
      const auto holds = write_back.holds(words.at(1), words.at(2), *revision);
      if (!holds) return forward(holds.error());
      answer.push(*holds);
    }
  }
  return answer;
}

Json edited(const Json& asked) {
  const auto text = crypto::parse_base64(asked.text("text"));
  auto path = text::parse_yaml_path(asked.text("path"));
  if (!text || !path) return Json().set("failure", "malformed");
  const auto edit = text::edit_yaml_scalar(*text, {*std::move(path)}, asked.text("value"));
  if (edit) {
    return Json().set("text", crypto::base64(edit->text)).set("changed", edit->changed);
  }
  return Json()
      .set("failure", edit.error().message)
      .set("own_fault", edit.error().kind != Failure::Kind::usage);
}

void edit_all() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto asked = text::parse_json(line);
    std::printf("%s\n", edited(asked ? *asked : Json()).dump().c_str());
  }
}

Result<Json> run(const std::vector<std::string>& words) {
  Options options;
  settings::Table table("probe", "Sets tags in Git.");
  declare(table, options);
  const auto read = settings::read(table, {{}, settings::process_environment()});
  if (!read) return forward(read.error());
  auto place = git::git_place(options.git);
  if (!place) return forward(place.error());
  auto plan = git::git_plan(options.git, {options.run_id, options.stage, options.promoted_by});
  if (!plan) return forward(plan.error());
  time::SystemClock clock;
  git::Access access;
  access.proxy = "none";
  const auto hosting = git::open_hosting(*place, access, clock);
  if (!hosting) return forward(hosting.error());
  git::WriteBack write_back(*plan, **hosting, clock);
  write_back.set_deadline(clock.uptime() + options.timeout);
  return ask(write_back, words);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "edit") {
    edit_all();
    return 0;
  }
  const auto answer = run({argv + 1, argv + argc});
  std::printf("%s\n",
              (answer ? *answer : Json().set("failure", answer.error().message)).dump().c_str());
  return answer ? 0 : static_cast<int>(step::exit_for(answer.error().kind));
}
