// Makes a log and gives grants, for tests of those who use them:
//   grant_desk init LOG            prints the signing key
//   grant_desk grant LOG KEY TAG [SECONDS]   prints the grant's id
//   grant_desk approve|reject LOG KEY TAG
//   grant_desk uses LOG KEY        prints each grant as a line: id, tag, consumer or "-"
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "common/audit/log/log.hpp"
#include "common/text/duration.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

int fail_with(const Failure& failure) {
  std::cerr << failure.message << '\n';
  return 1;
}

Stamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

int init(const std::string& directory) {
  const auto key = SigningKey::generate("grant-race");
  std::filesystem::create_directories(directory);
  if (auto made = Log::init(Layout{directory}, key, {}); !made) return fail_with(made.error());
  std::cout << key.text() << '\n';
  return 0;
}

Result<Log> open(const std::string& directory, const std::string& key) {
  auto parsed = SigningKey::parse(key);
  if (!parsed) return forward(parsed.error());
  return Log::open(Layout{directory}, *std::move(parsed), {});
}

int grant(Log log, const std::string& tag, const std::string& seconds) {
  GrantRequest request;
  request.scope = {.gate = "market-hours",
                   .project = {},
                   .target_stage = "live",
                   .image_tag = tag,
                   .promotion = {}};
  request.granter = {.name = "ann@example.com", .kind = "human"};
  request.justification = "a race has to be won by one";
  request.lifetime = text::parse_duration(seconds).value();
  const auto draft = grant_draft(request, now());
  if (!draft) return fail_with(draft.error());
  const auto appended = log.append(*draft);
  if (!appended) return fail_with(appended.error());
  std::cout << text::parse_json(appended->line)->text("id") << '\n';
  return 0;
}

int say(Log log, const std::string& word, const std::string& tag) {
  ApprovalRequest request;
  request.approved = word == "approve";
  request.project = "stonks";
  request.target_stage = "live";
  request.image_tag = tag;
  request.approver = {.name = "ann@example.com", .kind = "human"};
  request.note = "tested for a week";
  const auto draft = approval_draft(request);
  if (!draft) return fail_with(draft.error());
  const auto appended = log.append(*draft);
  return appended ? 0 : fail_with(appended.error());
}

int uses(const Log& log) {
  const auto view = View::open(log.layout(), log.verify_key());
  if (!view) return fail_with(view.error());
  std::uint64_t consumed = 0;
  const auto counted = view->each_with(R"("event":"consume")", 0, [&](const Line&) {
    ++consumed;
    return Next::go_on;
  });
  if (!counted) return fail_with(counted.error());
  const auto grants = read_grants(*view);
  if (!grants) return fail_with(grants.error());
  for (const GrantState& state : *grants) {
    std::cout << state.grant.id << ' ' << state.grant.scope.image_tag << ' '
              << (state.use ? state.use->consumer : "-") << '\n';
  }
  std::cout << "consume records: " << consumed << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "init") return init(words[1]);
  if (words.size() >= 3) {
    auto log = open(words[1], words[2]);
    if (!log) return fail_with(log.error());
    if (words[0] == "grant" && words.size() >= 4) {
      return grant(*std::move(log), words[3], words.size() > 4 ? words[4] : "3600");
    }
    const bool word = words[0] == "approve" || words[0] == "reject";
    if (word && words.size() == 4) return say(*std::move(log), words[0], words[3]);
    if (words[0] == "uses") return uses(*log);
  }
  std::cerr << "usage: grant_desk init LOG | grant LOG KEY TAG [SECONDS] | approve|reject LOG KEY "
               "TAG | uses LOG KEY\n";
  return 2;
}
