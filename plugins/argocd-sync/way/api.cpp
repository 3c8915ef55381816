#include "plugins/argocd-sync/way/api.hpp"

#include <utility>

#include "common/http/url.hpp"
#include "common/log/log.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/way/refusal.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;
using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr milliseconds kForOneAnswer{60'000};  // a sync resolves its revision, a patch is rendered
// A refresh answers when the comparison is done; that it was asked for is noted at once.
constexpr milliseconds kForRefresh{3'000};
constexpr std::size_t kMostBody = 16u << 20;  // a tree of resources
constexpr std::size_t kMostLog = 20;
// A keep-alive comes every 15 seconds.
constexpr milliseconds kSilence{45'000};
constexpr std::string_view kStreamFields =
    "result.type,result.application.metadata.name,result.application.metadata.resourceVersion";

http::Request request_to(const ApiAccess& access, http::Method method, const std::string& path,
                         const Parameters& parameters = {}) {
  http::Request request;
  request.method = method;
  request.url = cat(access.server, path);
  if (!parameters.empty()) request.url += cat("?", http::join_query(parameters));
  // Its port speaks HTTP/2 for gRPC only.
  request.protocol = http::Protocol::http1;
  // A bearer token follows nobody.
  request.most_redirects = 0;
  request.timeout = kForOneAnswer;
  request.most_body = kMostBody;
  if (!access.token.empty()) request.auth = http::Bearer{access.token};
  // Letter by letter: with a charset behind it Argo CD answers 415, and without it, too.
  if (method != http::Method::get) request.headers.set("Content-Type", "application/json");
  return request;
}

std::uint64_t number_of(std::string_view resource_version) {
  return text::parse_count(resource_version).value_or(0);
}

// One line of a stream of Applications, in either of its two forms.
std::optional<std::uint64_t> version_in(std::string_view line) {
  if (line.starts_with("data:")) line.remove_prefix(5);
  const auto event = text::parse_json(text::trim(line));
  if (!event) return std::nullopt;
  const Json& metadata = member(*event, {"result", "application", "metadata"});
  if (metadata.is_null()) return std::nullopt;
  return number_of(metadata.text("resourceVersion"));
}

class ApiWay : public Way {
 public:
  ApiWay(ApiAccess access, time::Clock& clock, int interrupt_fd)
      : access_(std::move(access)), client_(access_.client, clock, interrupt_fd) {}

  void set_deadline(std::optional<milliseconds> deadline) override { deadline_ = deadline; }

  // Argo CD names a right that is missing only when it is used; by then the tag would be set.
  Result<> preflight(const Application& app, bool changes) override {
    if (changes) {
      if (auto may = check_right("update", app); !may) return may;
    }
    return check_right("sync", app);
  }

  Result<Application> read(const std::string& app) override {
    return application(request(http::Method::get, app, ""), cat("get the Application ", app));
  }

  Result<> look(const std::string& app, Look look) override {
    Parameters parameters = identity();
    parameters.emplace_back("refresh", look == Look::hard ? "hard" : "normal");
    auto asking = request_to(access_, http::Method::get, path_of(app, ""), parameters);
    asking.timeout = kForRefresh;
    asking.retry = false;
    asking.on_bytes = [](std::string_view) -> Result<http::Flow> { return http::Flow::enough; };
    const auto response = send(asking);
    if (!response) {
      return response.error().passing ? Result<>() : forward(response.error());
    }
    if (response->ok()) return {};
    return forward(refusal_of(*response, cat("refresh ", app)).failure);
  }

  Result<Asked> start(const Application& seen, const std::vector<Json>& patch,
                      const SyncWish& wish) override {
    if (!patch.empty()) {
      auto changed = change(seen, patch);
      if (!changed || changed->kind != Asked::Kind::accepted) return changed;
    }
    auto asking = request(http::Method::post, seen.name, "/sync");
    asking.body = sync_body(seen, wish).dump();
    return ask(asking, cat("sync the Application ", seen.name));
  }

  Result<> terminate(const Application& seen) override {
    if (!seen.state) return unknown("it has not begun, and Argo CD terminates only what runs");
    const auto response = send(
        request_to(access_, http::Method::delete_, path_of(seen.name, "/operation"), identity()));
    if (!response) return forward(response.error());
    if (response->ok()) return {};
    const auto refusal = refusal_of(*response, cat("terminate the operation of ", seen.name));
    if (refusal.why == Refusal::Why::idle) return {};
    return forward(refusal.failure);
  }

  Result<Json> project(const std::string& name) override {
    return answer(request_to(access_, http::Method::get,
                             cat("/api/v1/projects/", text::percent_encode(name), "/detailed")),
                  cat("get the project ", name));
  }

  Result<std::optional<bool>> windowed(const Application& app) override {
    const auto said = answer(request(http::Method::get, app.name, "/syncwindows"),
                             cat("get the sync windows of ", app.name));
    if (!said) return forward(said.error());
    const Json* can = said->find("canSync");
    return can == nullptr || can->boolean() == nullptr || !*can->boolean();
  }

  Result<std::optional<Json>> object(const Application& app, const ResourceName& name) override {
    Parameters parameters = identity();
    parameters.emplace_back("group", name.group);
    parameters.emplace_back("version", version_of(name));
    parameters.emplace_back("kind", name.kind);
    parameters.emplace_back("namespace", name.name_space);
    parameters.emplace_back("resourceName", name.name);
    const std::string asked = cat("get ", name.text());
    const auto response =
        send(request_to(access_, http::Method::get, path_of(app.name, "/resource"), parameters));
    if (!response) return forward(response.error());
    if (response->status == 404) return std::nullopt;
    if (!response->ok()) return forward(refusal_of(*response, asked).failure);
    const auto body = text::parse_json(response->body, {.bytes = kMostBody});
    auto manifest = text::parse_json(body ? body->text("manifest") : "", {.bytes = kMostBody});
    if (!manifest) return unknown(cat("Argo CD did not ", asked, ": it sent no manifest"));
    return std::optional<Json>(*std::move(manifest));
  }

  Result<> resume(const Application& app, const ResourceName& rollout) override {
    auto asking =
        request_to(access_, http::Method::post, path_of(app.name, "/resource/actions/v2"));
    asking.body = Json()
                      .set("name", app.name)
                      .set("appNamespace", access_.app_namespace)
                      .set("project", access_.project)
                      .set("namespace", rollout.name_space)
                      .set("resourceName", rollout.name)
                      .set("group", rollout.group)
                      .set("kind", rollout.kind)
                      .set("version", version_of(rollout))
                      .set("action", "resume")
                      .dump();
    const auto response = send(asking);
    if (!response) return forward(response.error());
    if (response->ok()) return {};
    return forward(refusal_of(*response, cat("resume ", rollout.text())).failure);
  }

  Symptoms symptoms(const Application& app) override {
    return {symptom(request(http::Method::get, app.name, "/resource-tree")),
            {},
            symptom(request(http::Method::get, app.name, "/events"))};
  }

  Json events_of(const Application& app, const PodTrouble& pod) override {
    Parameters parameters = identity();
    parameters.emplace_back("resourceNamespace", pod.name_space);
    parameters.emplace_back("resourceName", pod.name);
    parameters.emplace_back("resourceUID", pod.uid);
    return symptom(
        request_to(access_, http::Method::get, path_of(app.name, "/events"), parameters));
  }

  Result<LogLines> log_of(const Application& app, const LogChoice& log) override {
    Parameters parameters = identity();
    parameters.emplace_back("namespace", log.name_space);
    if (!log.container.empty()) parameters.emplace_back("container", log.container);
    parameters.emplace_back("tailLines", std::to_string(kMostLog));
    if (log.previous) parameters.emplace_back("previous", "true");
    const auto response = send(request_to(
        access_, http::Method::get,
        path_of(app.name, cat("/pods/", text::percent_encode(log.pod), "/logs")), parameters));
    if (!response) return forward(response.error());
    if (!response->ok()) return forward(refusal_of(*response, "get the log").failure);
    return log_lines_of_api(response->body);
  }

  Result<> listen(const Application& since, const std::function<void()>& changed) override {
    Parameters parameters = identity();
    parameters.emplace_back("name", since.name);
    parameters.emplace_back("resourceVersion", since.resource_version);
    parameters.emplace_back("fields", kStreamFields);
    auto asking = request_to(access_, http::Method::get, "/api/v1/stream/applications", parameters);
    // Only with this, letter by letter, does it send keep-alives.
    asking.headers.set("Accept", "text/event-stream");
    asking.timeout = milliseconds(0);
    asking.stall = kSilence;
    asking.retry = false;
    std::uint64_t newest = number_of(since.resource_version);
    asking.on_line = [&](std::string_view line) -> Result<http::Flow> {
      const auto version = version_in(line);
      if (!version || *version <= newest) return http::Flow::go_on;
      newest = *version;
      changed();
      return http::Flow::go_on;
    };
    const auto response = send(asking);
    if (!response) return forward(response.error());
    if (response->ok()) return {};
    return forward(refusal_of(*response, cat("tell of changes of ", since.name)).failure);
  }

 private:
  static std::string path_of(const std::string& app, std::string_view below) {
    return cat("/api/v1/applications/", text::percent_encode(app), below);
  }

  // Of the Application; without its project, "no such Application" and "no right" are one answer.
  Parameters identity() const {
    Parameters parameters;
    if (!access_.app_namespace.empty()) {
      parameters.emplace_back("appNamespace", access_.app_namespace);
    }
    if (!access_.project.empty()) parameters.emplace_back("project", access_.project);
    return parameters;
  }

  // Reading has the identity in its query, everything else in its body.
  http::Request request(http::Method method, const std::string& app, std::string_view below) const {
    return request_to(access_, method, path_of(app, below),
                      method == http::Method::get ? identity() : Parameters());
  }

  Json body_for(const Application& app) const {
    Json body;
    body.set("name", app.name);
    if (!access_.app_namespace.empty()) body.set("appNamespace", access_.app_namespace);
    if (!access_.project.empty()) body.set("project", access_.project);
    return body;
  }

  Json sync_body(const Application& app, const SyncWish& wish) const {
    Json body = body_for(app);
    body.set("prune", wish.prune)
        .set("dryRun", false)
        .set("strategy", Json().set("hook", Json().set("force", false)))
        .set("infos", infos_of(wish));
    if (wish.revisions.empty()) return body;
    // Of several sources it ignores `revision` without a word. Positions are numbers, whatever its
    // description says.
    if (!app.several) return std::move(body.set("revision", wish.revisions.front()));
    Json::Array positions;
    for (std::size_t place = 1; place <= wish.revisions.size(); ++place) {
      positions.emplace_back(std::uint64_t{place});
    }
    body.set("revisions", list_json(wish.revisions)).set("sourcePositions", std::move(positions));
    return body;
  }

  // Outside of the namespace that Argo CD is in, the object of a right has the namespace in it.
  // Which one that is only Argo CD knows: one of the two forms holds.
  Result<> check_right(const std::string& action, const Application& app) {
    const std::string plain = cat(app.project, "/", app.name);
    if (access_.app_namespace.empty() || access_.app_namespace == "argocd") {
      return check_right(action, plain);
    }
    auto may = check_right(action, cat(app.project, "/", access_.app_namespace, "/", app.name));
    if (may || may.error().passing) return may;
    return check_right(action, plain) ? Result<>() : may;
  }

  Result<> check_right(const std::string& action, const std::string& object) {
    std::string path = cat("/api/v1/account/can-i/applications/", action);
    for (const std::string_view part : text::split(object, '/')) {
      path += cat("/", text::percent_encode(part));
    }
    const auto said =
        answer(request_to(access_, http::Method::get, path), cat("say who may ", action));
    if (!said) return forward(said.error());
    if (said->text("value") == "yes") return {};
    return unknown(cat("the token may not ", action, " ", object,
                       ": it needs the policy \"applications, ", action, ", ", object,
                       ", allow\""));
  }

  Result<Asked> change(const Application& seen, const std::vector<Json>& patch) {
    auto asking = request(http::Method::patch, seen.name, "");
    asking.body = body_for(seen)
                      .set("patchType", "json")
                      .set("patch", Json(Json::Array(patch)).dump())
                      .dump();
    auto changed = ask(asking, cat("change the Application ", seen.name));
    // Setting the tag again does no harm.
    if (changed && changed->kind == Asked::Kind::lost) changed->kind = Asked::Kind::moved;
    return changed;
  }

  Result<Asked> ask(http::Request& asking, const std::string& asked) {
    asking.retry = false;
    asking.on_bytes = [](std::string_view) -> Result<http::Flow> { return http::Flow::enough; };
    const auto response = send(asking);
    if (!response) {
      if (!response.error().passing) return forward(response.error());
      return Asked{Asked::Kind::lost, response.error().message};
    }
    if (response->ok()) return Asked{Asked::Kind::accepted};
    const auto refusal = refusal_of(*response, asked);
    switch (refusal.why) {
      case Refusal::Why::busy:
        return Asked{Asked::Kind::busy, refusal.failure.message};
      case Refusal::Why::windowed:
        return Asked{Asked::Kind::windowed, refusal.failure.message};
      case Refusal::Why::moved:
        return Asked{Asked::Kind::moved, refusal.failure.message};
      case Refusal::Why::idle:
      case Refusal::Why::other:
        break;
    }
    if (refusal.failure.passing) return Asked{Asked::Kind::lost, refusal.failure.message};
    return forward(refusal.failure);
  }

  Result<http::Response> send(http::Request asking) {
    asking.deadline = deadline_;
    return client_.send(asking);
  }

  Result<Json> answer(const http::Request& asking, const std::string& asked) {
    const auto response = send(asking);
    if (!response) return forward(response.error());
    if (!response->ok()) return forward(refusal_of(*response, asked).failure);
    auto body = text::parse_json(response->body, {.bytes = kMostBody});
    if (!body) return forward(something_else(asked));
    return body;
  }

  // Null where it cannot be had.
  Json symptom(const http::Request& asking) {
    auto said = answer(asking, "tell what is wrong");
    return said ? *std::move(said) : Json();
  }

  Failure something_else(const std::string& asked) const {
    return {Failure::Kind::unknown,
            cat("asked to ", asked, ", ", http::shown_url(access_.server),
                " answered with something else: is it really the address of Argo CD, and nothing "
                "in between that wants a login?"),
            true};
  }

  Result<Application> application(http::Request asking, const std::string& asked) {
    ApplicationReader reader;
    asking.on_bytes = [&](std::string_view bytes) -> Result<http::Flow> {
      if (!reader.feed(bytes)) return forward(something_else(asked));
      return http::Flow::go_on;
    };
    const auto response = send(asking);
    if (!response) return forward(response.error());
    if (!response->ok()) return forward(refusal_of(*response, asked).failure);
    auto app = reader.finish();
    if (!app) return forward(something_else(asked));
    return app;
  }

  ApiAccess access_;
  http::Client client_;
  std::optional<milliseconds> deadline_;
};

}  // namespace

Result<std::string> log_in(const ApiAccess& access, const std::string& username,
                           const std::string& password, const time::Clock& clock,
                           milliseconds deadline, int interrupt_fd) {
  http::Client client(access.client, clock, interrupt_fd);
  auto asking = request_to(access, http::Method::post, "/api/v1/session");
  asking.retry = false;
  asking.deadline = deadline;
  asking.body = Json().set("username", username).set("password", password).dump();
  const auto response = client.send(asking);
  if (!response) return forward(response.error());
  if (!response->ok()) {
    return forward(refusal_of(*response, cat("log in ", text::quoted(username))).failure);
  }
  const auto body = text::parse_json(response->body);
  std::string token(body ? body->text("token") : "");
  if (token.empty()) return unknown("Argo CD sent no token for the login");
  log::mask(token);
  return token;
}

std::unique_ptr<Way> make_api_way(ApiAccess access, time::Clock& clock, int interrupt_fd) {
  return std::make_unique<ApiWay>(std::move(access), clock, interrupt_fd);
}

}  // namespace stagegate::argocd
