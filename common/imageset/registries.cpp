#include "common/imageset/registries.hpp"

#include <map>
#include <utility>

#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using oci::Login;
using oci::Repository;
using text::cat;

namespace {

struct Configuration {
  std::string source;  // for messages
  std::string text;
};

Result<std::optional<Configuration>> read_configuration(const std::string& path) {
  auto text = fs::read_if_there(path, 1u << 20);
  if (!text) return forward(text.error());
  if (!*text) return std::nullopt;
  return Configuration{path, **std::move(text)};
}

// Where `docker login` and `podman login` keep theirs; all that are there.
Result<std::vector<Configuration>> find_configurations(const http::Environment& environment) {
  std::vector<std::string> paths;
  const auto add = [&](const char* variable, const char* below) {
    const auto value = environment(variable);
    if (value && !value->empty()) paths.push_back(*value + below);
  };
  add("DOCKER_CONFIG", "/config.json");
  add("HOME", "/.docker/config.json");
  add("REGISTRY_AUTH_FILE", "");
  add("XDG_RUNTIME_DIR", "/containers/auth.json");
  std::vector<Configuration> found;
  for (const std::string& path : paths) {
    auto configuration = read_configuration(path);
    if (!configuration) return forward(configuration.error());
    if (*configuration) found.push_back(**std::move(configuration));
  }
  return found;
}

Result<std::vector<Configuration>> configurations(const RegistrySettings& s,
                                                  const http::Environment& environment) {
  if (!s.docker_auth_config.empty()) {
    return std::vector{Configuration{"docker_auth_config", s.docker_auth_config.reveal()}};
  }
  if (s.docker_config.empty()) return find_configurations(environment);
  auto configuration = read_configuration(s.docker_config);
  if (!configuration) return forward(configuration.error());
  if (!*configuration) return usage(cat("docker_config: there is no file ", s.docker_config));
  return std::vector{**std::move(configuration)};
}

Result<> check(const RegistrySettings& s) {
  if (!s.token.empty() && (!s.username.empty() || !s.password.empty())) {
    return usage("token: either a token, or username and password");
  }
  if (s.username.empty() != s.password.empty()) {
    return usage(s.username.empty() ? "username: is missing beside the password"
                                    : "password: is missing beside the username");
  }
  if (s.plain_http && s.insecure) {
    return usage("insecure: has no meaning with plain_http, where there are no certificates");
  }
  return {};
}

http::ClientOptions client_options(const RegistrySettings& s) {
  http::ClientOptions options;
  options.trust.ca_file = s.ca_file;
  options.insecure = s.insecure;
  options.proxy = s.proxy;
  return options;
}

// Of the settings themselves; meant for one registry only.
std::optional<Login> login_of(const RegistrySettings& s) {
  if (!s.token.empty()) return Login{Login::Kind::bearer, {}, s.token, "token"};
  if (!s.username.empty()) {
    return Login{Login::Kind::password, s.username, s.password, "username and password"};
  }
  return std::nullopt;
}

}  // namespace

void declare_registry_settings(settings::Table& table, RegistrySettings& s,
                               const std::vector<std::string>& verbs) {
  table.add(s.registry, {.name = "registry",
                         .help = "The registry of repositories that are named without one.",
                         .value = "HOST[:PORT]",
                         .verbs = verbs});
  table.add(s.username, {.name = "username", .help = "Who asks the registry.", .verbs = verbs});
  table.add(s.password, {.name = "password", .help = "Of that user.", .verbs = verbs});
  table.add(s.token, {.name = "token",
                      .help = "A bearer token that the registry takes as it is, instead of "
                              "username and password.",
                      .verbs = verbs});
  table.add(
      s.docker_config,
      {.name = "docker_config",
       .help = "A Docker configuration with logins, a config.json. By default those of docker "
               "and podman, where they are.",
       .value = "FILE",
       .verbs = verbs});
  table.add(s.docker_auth_config,
            {.name = "docker_auth_config",
             .help = "What would be in that file, for a secret that holds it.",
             .verbs = verbs});
  table.add(s.token_realm,
            {.name = "token_realm",
             .help = "The token server, where the one that the registry names cannot be reached "
                     "from here, or is at another host that may have the credential.",
             .value = "URL",
             .verbs = verbs});
  table.add(s.plain_http, {.name = "plain_http",
                           .help = "Speak http with the registry instead of https.",
                           .fallback = "false",
                           .verbs = verbs});
  table.add(s.ca_file, {.name = "ca_file",
                        .help = "Certificate authorities that are trusted besides the usual ones.",
                        .value = "FILE",
                        .verbs = verbs});
  table.add(s.insecure, {.name = "insecure",
                         .help = "Do not look at certificates.",
                         .fallback = "false",
                         .verbs = verbs});
  table.add(s.proxy, {.name = "proxy",
                      .help = "A proxy, or `none`; by default what http_proxy and https_proxy say.",
                      .value = "URL",
                      .verbs = verbs});
  table.add(s.request_timeout, {.name = "request_timeout",
                                .help = "For one answer of the registry.",
                                .fallback = "10s",
                                .verbs = verbs});
  table.add(s.concurrency, {.name = "concurrency",
                            .help = "How many requests at once, where the registry does not speak "
                                    "HTTP/2.",
                            .fallback = "8",
                            .verbs = verbs,
                            .least = 1,
                            .most = 8});
}

class Registries::Core {
 public:
  Core(RegistrySettings settings, std::vector<Configuration> configurations, time::Clock& clock,
       int interrupt_fd)
      : settings_(std::move(settings)),
        configurations_(std::move(configurations)),
        clock_(clock),
        client_(client_options(settings_), clock, interrupt_fd) {}

  Result<oci::Registry*> of(const Repository& repository, bool push) {
    oci::Registry*& known = known_[repository];
    if (known == nullptr) {
      auto found = find(repository);
      if (!found) return found;
      known = *found;
    }
    known->session().expect({repository.name, push});
    return known;
  }

  void set_deadline(std::optional<std::chrono::milliseconds> deadline) {
    deadline_ = deadline;
    for (auto& [key, registry] : registries_) registry->session().set_deadline(deadline);
  }

  template <class Count>
  std::uint64_t sum(Count count) const {
    std::uint64_t total = 0;
    for (const auto& [key, registry] : registries_) total += count(registry->session());
    return total;
  }

  http::Client& client() { return client_; }

 private:
  // The session for its registry and login, begun when there is none. Reads the configurations
  // through, so it is asked once for each repository.
  Result<oci::Registry*> find(const Repository& repository) {
    auto login = login_for(repository);
    if (!login) return forward(login.error());
    const std::string key = cat(repository.registry, ' ', login->words());
    auto& registry = registries_[key];
    if (!registry) {
      oci::Place place{repository.registry,       settings_.plain_http,
                       settings_.token_realm,     *std::move(login),
                       settings_.request_timeout, static_cast<std::size_t>(settings_.concurrency)};
      registry = std::make_unique<oci::Registry>(oci::Session(std::move(place), client_, clock_));
      registry->session().set_deadline(deadline_);
    }
    return registry.get();
  }

  Result<Login> login_for(const Repository& repository) {
    if (auto given = login_of(settings_)) {
      // A password is for one registry: the first one that is asked.
      if (host_.empty()) host_ = repository.registry;
      if (host_ == repository.registry) return *std::move(given);
      return usage(cat(given->source, ": are for one registry, and there are two, ", host_, " and ",
                       repository.registry, ": give the logins by docker_config"));
    }
    for (const Configuration& configuration : configurations_) {
      auto login = oci::login_from(configuration.text, configuration.source, repository);
      if (!login) return forward(login.error());
      if (*login) return **std::move(login);
    }
    return Login{};
  }

  RegistrySettings settings_;
  std::vector<Configuration> configurations_;
  time::Clock& clock_;
  http::Client client_;
  std::optional<std::chrono::milliseconds> deadline_;
  std::string host_;
  std::map<std::string, std::unique_ptr<oci::Registry>> registries_;  // by registry and login
  std::map<Repository, oci::Registry*> known_;
};

Result<Registries> Registries::open(const RegistrySettings& settings, time::Clock& clock,
                                    int interrupt_fd, const http::Environment& environment) {
  if (auto good = check(settings); !good) return forward(good.error());
  std::vector<Configuration> found;
  if (!login_of(settings)) {
    auto read = configurations(settings, environment);
    if (!read) return forward(read.error());
    found = *std::move(read);
  }
  return Registries(std::make_unique<Core>(settings, std::move(found), clock, interrupt_fd));
}

Registries::Registries(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Registries::Registries(Registries&&) noexcept = default;
Registries& Registries::operator=(Registries&&) noexcept = default;
Registries::~Registries() = default;

Result<oci::Registry*> Registries::of(const Repository& repository, bool push) {
  return core_->of(repository, push);
}
void Registries::set_deadline(std::optional<std::chrono::milliseconds> deadline) {
  core_->set_deadline(deadline);
}
std::uint64_t Registries::requests() const {
  return core_->sum([](const oci::Session& session) { return session.requests(); });
}
std::uint64_t Registries::token_requests() const {
  return core_->sum([](const oci::Session& session) { return session.token_requests(); });
}
http::Client& Registries::client() {
  return core_->client();
}

}  // namespace stagegate::imageset
