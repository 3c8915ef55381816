// Asks the Kubernetes API what it is told to, and prints each answer as a line of JSON: the client,
// as a program that a test can run against a server of its own.
//
//   probe URL TOKEN_FILE get|list|create|patch|follow|token|access|creator|wake ARGUMENT...
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "common/kube/follow.hpp"
#include "common/kube/kargo.hpp"
#include "common/kube/review.hpp"
#include "common/step/exit_code.hpp"
#include "common/text/json.hpp"
#include "common/time/clock.hpp"

namespace {

using namespace stagegate;
using text::Json;

const kube::Resource kPromotions{"kargo.akuity.io", "v1alpha1", "promotions"};

void print(const Json& json) {
  std::printf("%s\n", json.dump().c_str());
  std::fflush(stdout);
}

Json parsed(const std::string& text) {
  auto json = text::parse_json(text);
  return json ? *std::move(json) : Json();
}

Json sighting(kube::Seen seen, const Json& object) {
  static constexpr const char* kWords[] = {"listed", "added", "modified", "deleted", "complete"};
  Json line;
  line.set("seen", kWords[static_cast<std::size_t>(seen)]);
  if (const Json* metadata = object.find("metadata")) line.set("name", metadata->text("name"));
  return line;
}

// Until an object called `last` has been seen.
Result<> follow(kube::Api& api, time::Clock& clock, const std::string& project,
                const std::string& last) {
  kube::Following following;
  following.first_pause = std::chrono::milliseconds(20);
  following.longest_pause = std::chrono::milliseconds(100);
  following.longest_silence = std::chrono::milliseconds(1500);
  following.deadline = clock.uptime() + std::chrono::seconds(60);
  return kube::follow(api, clock, kPromotions, project, following,
                      [&](kube::Seen seen, const Json& object) -> Result<http::Flow> {
                        const Json line = sighting(seen, object);
                        print(line);
                        return line.text("name") == last ? http::Flow::enough : http::Flow::go_on;
                      });
}

template <class T>
Result<> printed(const Result<T>& result) {
  if (!result) return forward(result.error());
  if constexpr (std::is_same_v<T, std::optional<Json>>) {
    print(result->value_or(Json()));
  } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
    print(*result ? Json(**result) : Json());
  } else {
    print(*result);
  }
  return {};
}

Result<> ask(kube::Api& api, time::Clock& clock, const std::vector<std::string>& words) {
  const std::string& verb = words.at(0);
  if (verb == "get") return printed(api.get(kPromotions, words.at(1), words.at(2)));
  if (verb == "list") {
    std::int64_t count = 0;
    const auto version = api.list(kPromotions, words.at(1), {}, [&](const Json&) -> Result<> {
      ++count;
      return {};
    });
    if (!version) return forward(version.error());
    print(Json().set("items", count).set("version", *version));
    return {};
  }
  if (verb == "create") return printed(api.create(kPromotions, words.at(1), parsed(words.at(2))));
  if (verb == "patch") {
    const Json patch = parsed(words.at(3));
    const auto kind = patch.array() != nullptr ? kube::Patch::json : kube::Patch::merge;
    return printed(api.patch(kPromotions, words.at(1), words.at(2), kind, patch));
  }
  if (verb == "follow") return follow(api, clock, words.at(1), words.at(2));
  if (verb == "token") {
    const auto user = kube::review_token(api, words.at(1));
    if (!user) return forward(user.error());
    print(Json()
              .set("name", user->name)
              .set("groups", Json::Array(user->groups.begin(), user->groups.end())));
    return {};
  }
  if (verb == "access") {
    return kube::review_access(api, {words.at(1), {}},
                               {words.at(2), "kargo.akuity.io", "stages", "stonks", words.at(3)});
  }
  if (verb == "creator") return printed(kube::promotion_creator(api, words.at(1), words.at(2)));
  if (verb == "wake") return kube::wake_promotion(api, clock, words.at(1), words.at(2));
  return usage("no such verb");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  kube::Config config;
  config.url = words.at(0);
  config.token_file = words.at(1);
  time::SystemClock clock;
  kube::Api api(config, clock);
  const auto done = ask(api, clock, {words.begin() + 2, words.end()});
  if (done) return 0;
  print(Json().set("failure", done.error().message));
  return static_cast<int>(step::exit_for(done.error().kind));
}
