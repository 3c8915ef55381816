#include "common/oci/login.hpp"

#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;
using text::Json;
using text::quoted;

namespace {

constexpr std::string_view kIdentityUser = "<token>";  // the password is an identity token

// Keys are written as "host", "host/path", "https://host", "https://host/v1/".
std::string normal_key(std::string_view key) {
  if (const auto scheme = key.find("://"); scheme != std::string_view::npos) {
    key.remove_prefix(scheme + 3);
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  if (key.ends_with("/v1") || key.ends_with("/v2")) key.remove_suffix(3);
  const auto slash = std::min(key.find('/'), key.size());
  std::string host = text::lower(key.substr(0, slash));
  if (host == "index.docker.io" || host == "registry-1.docker.io") host = "docker.io";
  return cat(host, key.substr(slash));
}

bool covers(std::string_view key, std::string_view repository) {
  return repository.starts_with(key) &&
         (repository.size() == key.size() || repository[key.size()] == '/');
}

// The member of an object whose key covers most of the repository's path.
const Json::Member* find_entry(const Json* object, const Repository& repository) {
  const Json::Object* members = object == nullptr ? nullptr : object->object();
  if (members == nullptr) return nullptr;
  const Json::Member* best = nullptr;
  std::size_t longest = 0;
  for (const Json::Member& member : *members) {
    const std::string key = normal_key(member.first);
    if (covers(key, repository.text()) && key.size() > longest) {
      best = &member;
      longest = key.size();
    }
  }
  return best;
}

Result<Login> password_of(std::string_view auth, std::string_view source) {
  // Docker pads the password with NUL bytes.
  auto decoded = crypto::parse_base64(text::trim(auth));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return usage(cat(source, ": an \"auth\" is not the base64 form of user:password"));
  }
  while (decoded->ends_with('\0')) decoded->pop_back();
  return Login{Login::Kind::password, decoded->substr(0, colon),
               settings::Secret(decoded->substr(colon + 1)), std::string(source)};
}

Result<std::optional<Login>> login_of(const Json& entry, std::string_view source) {
  const auto secret = [&](std::string_view member) {
    return settings::Secret(std::string(entry.text(member)));
  };
  if (!entry.text("identitytoken").empty()) {
    return Login{Login::Kind::identity, {}, secret("identitytoken"), std::string(source)};
  }
  if (!entry.text("registrytoken").empty()) {
    return Login{Login::Kind::bearer, {}, secret("registrytoken"), std::string(source)};
  }
  Login login{Login::Kind::password, std::string(entry.text("username")), secret("password"),
              std::string(source)};
  if (const auto auth = entry.text("auth"); !auth.empty()) {
    auto decoded = password_of(auth, source);
    if (!decoded) return forward(decoded.error());
    login = *std::move(decoded);
  }
  if (login.user.empty()) return std::nullopt;
  if (login.user == kIdentityUser) {
    login.user.clear();
    login.kind = Login::Kind::identity;
  }
  return login;
}

tl::unexpected<Failure> refuse_helper(std::string_view source, std::string_view helper,
                                      const Repository& repository) {
  return usage(cat(source, ": the login for ", repository.registry,
                   " is kept by docker-credential-", helper,
                   ", and there is no such program here: set username and password, or give a "
                   "docker_config with the login itself"));
}

}  // namespace

std::string Login::words() const {
  switch (kind) {
    case Kind::anonymous:
      break;
    case Kind::password:
      return cat("as ", quoted(user), " (from ", source, ")");
    case Kind::identity:
      return cat("with an identity token (from ", source, ")");
    case Kind::bearer:
      return cat("with a token (from ", source, ")");
  }
  return "anonymously, without a credential";
}

Result<std::optional<Login>> login_from(std::string_view config, std::string_view source,
                                        const Repository& repository) {
  const auto json = text::parse_json(config);
  if (!json) return usage(cat(source, ": ", json.error().message));
  if (json->object() == nullptr) return usage(cat(source, ": is no Docker configuration"));
  if (const auto* helper = find_entry(json->find("credHelpers"), repository)) {
    const std::string* name = helper->second.string();
    return refuse_helper(source, name == nullptr ? "?" : *name, repository);
  }
  const auto* entry = find_entry(json->find("auths"), repository);
  if (entry == nullptr) return std::nullopt;
  auto login = login_of(entry->second, source);
  // `docker login` leaves an empty entry for what its store keeps.
  if (login && !*login && !json->text("credsStore").empty()) {
    return refuse_helper(source, json->text("credsStore"), repository);
  }
  return login;
}

}  // namespace stagegate::oci
