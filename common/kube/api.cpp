#include "common/kube/api.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/fs/file.hpp"
#include "common/http/url.hpp"
#include "common/kube/status.hpp"
#include "common/log/log.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {
namespace {

using text::cat;

constexpr int kPageLength = 500;  // as kubectl: a page of big objects stays below the body's limit
constexpr std::size_t kMostBody = 64u << 20;
constexpr std::size_t kLongestEvent = 8u << 20;  // etcd keeps objects below 1.5 MiB
// A list that goes on for ever is a fault of the server, not a big cluster.
constexpr int kMostPages = 10'000;
// etcd forgets after five minutes; who needs longer for a list three times will not get it.
constexpr int kMostStarts = 3;

std::string path_of(const Resource& resource, std::string_view name_space, std::string_view name) {
  std::string path = resource.group.empty() ? cat("/api/", resource.version)
                                            : cat("/apis/", resource.group, "/", resource.version);
  if (!name_space.empty()) path += cat("/namespaces/", text::percent_encode(name_space));
  path += cat("/", resource.plural);
  if (!name.empty()) path += cat("/", text::percent_encode(name));
  return path;
}

std::string in_words(std::string_view verb, const Resource& resource, std::string_view name_space,
                     std::string_view name) {
  return cat(verb, " ", resource.plural, resource.group.empty() ? "" : ".", resource.group,
             name.empty() ? "" : " ", name, name_space.empty() ? "" : " in ", name_space);
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

void select(Parameters& parameters, const ListQuery& query) {
  if (!query.label_selector.empty()) parameters.emplace_back("labelSelector", query.label_selector);
  if (!query.field_selector.empty()) parameters.emplace_back("fieldSelector", query.field_selector);
}

std::optional<Change> change_of(std::string_view type) {
  if (type == "ADDED") return Change::added;
  if (type == "MODIFIED") return Change::modified;
  if (type == "DELETED") return Change::deleted;
  if (type == "BOOKMARK") return Change::bookmark;
  return std::nullopt;
}

std::string_view metadata_text(const text::Json& object, std::string_view key) {
  const text::Json* metadata = object.find("metadata");
  return metadata == nullptr ? "" : metadata->text(key);
}

Result<text::Json> object_in(const http::Response& response, const std::string& asked) {
  auto object = text::parse_json(response.body, {.bytes = kMostBody});
  if (!object || !object->object()) {
    return unknown(cat("the Kubernetes API answered to ", asked, " with something that is no ",
                       "object: is ", http::shown_url(response.url), " really its address?"));
  }
  return object;
}

// "No such object" and "no such path" are both 404; only the first is an answer.
bool no_such_object(const http::Response& response) {
  if (response.status != 404) return false;
  const auto status = text::parse_json(response.body);
  const text::Json* details = status ? status->find("details") : nullptr;
  return details != nullptr && status->text("reason") == "NotFound" &&
         !details->text("name").empty();
}

http::Request patch_request(Patch kind, const text::Json& patch) {
  http::Request request;
  request.method = http::Method::patch;
  request.headers.set("Content-Type", kind == Patch::merge ? "application/merge-patch+json"
                                                           : "application/json-patch+json");
  request.body = patch.dump();
  return request;
}

http::ClientOptions client_options(const Config& config) {
  http::ClientOptions options;
  options.user_agent = "stagegate";
  options.trust.ca_file = config.ca_file;
  // A cluster has an authority of its own; no other may speak for it.
  options.trust.system_authorities = config.ca_file.empty();
  options.insecure = config.insecure;
  // Without TLS it is on this machine (see check_config), and a token does not leave it for a proxy
  // that the environment happens to name.
  if (text::lower(config.url).starts_with("http://")) options.proxy = "none";
  return options;
}

}  // namespace

class Api::Core {
 public:
  Core(Config config, const time::Clock& clock, int interrupt_fd)
      : config_(std::move(config)),
        clock_(clock),
        client_(client_options(config_), clock, interrupt_fd) {}

  const Config& config() const { return config_; }
  void set_deadline(std::optional<std::chrono::milliseconds> deadline) { deadline_ = deadline; }

  Result<http::Response> send(http::Request request, const std::string& path,
                              const Parameters& parameters) {
    request.url = config_.url + path;
    if (!parameters.empty()) request.url += "?" + http::join_query(parameters);
    if (request.headers.find("Accept") == nullptr) {
      request.headers.set("Accept", "application/json");
    }
    request.most_body = kMostBody;
    request.most_redirects = 0;
    request.deadline = deadline_;
    if (config_.patience && !request.on_line) {
      const auto until = clock_.uptime() + *config_.patience;
      request.deadline = std::min(until, deadline_.value_or(until));
    }
    auto token = current_token();
    if (!token) return forward(token.error());
    auto response = send_as(request, *token);
    if (!response || response->status != 401) return response;
    // The token may have been replaced since it was read. Nothing was done: asking again is safe.
    auto fresh = current_token();
    if (!fresh || *fresh == *token) return response;
    return send_as(request, *fresh);
  }

 private:
  Result<http::Response> send_as(http::Request& request, const std::string& token) {
    if (!token.empty()) request.auth = http::Bearer{token};
    return client_.send(request);
  }

  Result<std::string> current_token() const {
    if (config_.token_file.empty()) return config_.token;
    auto bytes = fs::read_file(config_.token_file, 64u << 10);
    if (!bytes) return forward(bytes.error());
    std::string token(text::trim(*bytes));
    log::mask(token);
    return token;
  }

  Config config_;
  const time::Clock& clock_;
  http::Client client_;
  std::optional<std::chrono::milliseconds> deadline_;
};

Api::Api(Config config, const time::Clock& clock, int interrupt_fd)
    : core_(std::make_unique<Core>(std::move(config), clock, interrupt_fd)) {}
Api::Api(Api&&) noexcept = default;
Api& Api::operator=(Api&&) noexcept = default;
Api::~Api() = default;

const Config& Api::config() const {
  return core_->config();
}
void Api::set_deadline(std::optional<std::chrono::milliseconds> deadline) {
  core_->set_deadline(deadline);
}

Result<std::optional<text::Json>> Api::get(const Resource& resource, std::string_view name_space,
                                           std::string_view name) {
  const std::string asked = in_words("get", resource, name_space, name);
  const auto response = core_->send({}, path_of(resource, name_space, name), {});
  if (!response) return forward(response.error());
  if (no_such_object(*response)) return std::nullopt;
  if (!response->ok()) return forward(failure_of(*response, asked));
  auto object = object_in(*response, asked);
  if (!object) return forward(object.error());
  return std::optional<text::Json>(*std::move(object));
}

Result<bool> Api::get(const Resource& resource, std::string_view name_space, std::string_view name,
                      const http::BytesSink& sink) {
  http::Request request;
  request.on_bytes = sink;
  const auto response = core_->send(std::move(request), path_of(resource, name_space, name), {});
  if (!response) return forward(response.error());
  if (no_such_object(*response)) return false;
  if (response->ok()) return true;
  return forward(failure_of(*response, in_words("get", resource, name_space, name)));
}

Result<std::string> Api::list(const Resource& resource, std::string_view name_space,
                              const ListQuery& query,
                              const std::function<Result<>(text::Json)>& each) {
  const std::string asked = in_words("list", resource, name_space, "");
  std::string more;
  int starts = 1;
  for (int page = 0; page < kMostPages; ++page) {
    Parameters parameters{{"limit", std::to_string(kPageLength)}};
    select(parameters, query);
    if (!more.empty()) parameters.emplace_back("continue", more);
    const auto response = core_->send({}, path_of(resource, name_space, ""), parameters);
    if (!response) return forward(response.error());
    if (response->status == 410 && !more.empty() && starts < kMostStarts) {
      more.clear();
      ++starts;
      continue;
    }
    if (!response->ok()) return forward(failure_of(*response, asked));
    const auto object = object_in(*response, asked);
    if (!object) return forward(object.error());
    const text::Json* items = object->find("items");
    if (items != nullptr && items->array() != nullptr) {
      for (const text::Json& item : *items->array()) {
        if (auto taken = each(item); !taken) return forward(taken.error());
      }
    }
    const std::string next(metadata_text(*object, "continue"));
    if (next.empty()) return std::string(metadata_text(*object, "resourceVersion"));
    if (next == more) break;
    more = next;
  }
  return unknown(cat("the Kubernetes API did not ", asked, ": its pages do not come to an end"));
}

Result<text::Json> Api::create(const Resource& resource, std::string_view name_space,
                               const text::Json& object, Twice twice) {
  const std::string asked = in_words("create", resource, name_space, metadata_text(object, "name"));
  http::Request request;
  request.method = http::Method::post;
  request.repeatable = twice == Twice::harmless;
  request.headers.set("Content-Type", "application/json");
  request.body = object.dump();
  const auto response = core_->send(std::move(request), path_of(resource, name_space, ""), {});
  if (!response) return forward(response.error());
  if (!response->ok()) return forward(failure_of(*response, asked));
  return object_in(*response, asked);
}

Result<text::Json> Api::patch(const Resource& resource, std::string_view name_space,
                              std::string_view name, Patch kind, const text::Json& patch,
                              Twice twice) {
  const std::string asked = in_words("patch", resource, name_space, name);
  http::Request request = patch_request(kind, patch);
  request.repeatable = twice == Twice::harmless;
  const auto response = core_->send(std::move(request), path_of(resource, name_space, name), {});
  if (!response) return forward(response.error());
  if (!response->ok()) return forward(failure_of(*response, asked));
  return object_in(*response, asked);
}

Result<> Api::change(const Resource& resource, std::string_view name_space, std::string_view name,
                     Patch kind, const text::Json& patch) {
  http::Request request = patch_request(kind, patch);
  request.retry = false;
  request.on_bytes = [](std::string_view) -> Result<http::Flow> { return http::Flow::enough; };
  const auto response = core_->send(std::move(request), path_of(resource, name_space, name), {});
  if (!response) return forward(response.error());
  if (response->ok()) return {};
  return forward(failure_of(*response, in_words("patch", resource, name_space, name)));
}

Result<std::string> Api::log(std::string_view name_space, std::string_view pod,
                             std::string_view container, bool previous, int lines) {
  Parameters parameters{{"tailLines", std::to_string(lines)}};
  if (!container.empty()) parameters.emplace_back("container", container);
  if (previous) parameters.emplace_back("previous", "true");
  http::Request request;
  request.headers.set("Accept", "*/*");
  const std::string path = cat(path_of({"", "v1", "pods"}, name_space, pod), "/log");
  const auto response = core_->send(std::move(request), path, parameters);
  if (!response) return forward(response.error());
  if (response->ok()) return response->body;
  return forward(failure_of(*response, cat("get the log of ", pod, " in ", name_space)));
}

Result<> Api::watch(const Resource& resource, std::string_view name_space, const ListQuery& query,
                    const std::string& since, std::chrono::seconds longest,
                    const std::function<Result<http::Flow>(Event)>& each) {
  const std::string asked = in_words("watch", resource, name_space, "");
  Parameters parameters{{"watch", "true"},
                        {"allowWatchBookmarks", "true"},
                        {"resourceVersion", since},
                        {"timeoutSeconds", std::to_string(longest.count())}};
  select(parameters, query);

  http::Request request;
  request.retry = false;  // whoever watches knows from where to go on
  if (query.metadata_only) {
    request.headers.set("Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
  }
  // The server ends the watch in time; one that does not is left to itself a little later.
  request.timeout = longest + std::chrono::seconds(30);
  request.longest_line = kLongestEvent;
  request.on_line = [&](std::string_view line) -> Result<http::Flow> {
    if (text::trim(line).empty()) return http::Flow::go_on;
    auto event = text::parse_json(line, {.bytes = kLongestEvent});
    if (!event) return unknown(cat("half an event in the answer to ", asked));
    const text::Json* object = event->find("object");
    if (object == nullptr) return unknown(cat("an event without an object in ", asked));
    if (event->text("type") == "ERROR") return forward(failure_of_status(*object, asked));
    const auto change = change_of(event->text("type"));
    if (!change) return http::Flow::go_on;  // a kind that later versions may have
    return each({*change, *object});
  };
  const auto response =
      core_->send(std::move(request), path_of(resource, name_space, ""), parameters);
  if (!response) return forward(response.error());
  if (!response->ok()) return forward(failure_of(*response, asked));
  return {};
}

}  // namespace stagegate::kube
