#include "common/oci/name.hpp"

#include <algorithm>

#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;
using text::quoted;

namespace {

constexpr std::size_t kLongest = 255;  // of host and name together
constexpr std::string_view kHub = "docker.io";
constexpr std::string_view kSha256 = "sha256:";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Between two runs of letters and digits: one dot, one or two underscores, any number of dashes.
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         std::ranges::all_of(text, [](char c) { return c == '-'; });
}

// Empty when the component is right, else what is wrong with it.
std::string flaw_of_component(std::string_view component) {
  if (component.empty()) return "a part between two slashes is empty";
  std::size_t at = 0;
  while (at < component.size()) {
    const std::size_t begin = at;
    while (at < component.size() && is_alphanumeric(component[at])) ++at;
    if (at == begin) break;
    if (at == component.size()) return {};
    const std::size_t separator = at;
    while (at < component.size() &&
           (component[at] == '.' || component[at] == '_' || component[at] == '-')) {
      ++at;
    }
    if (!is_separator(component.substr(separator, at - separator))) {
      at = separator;
      break;
    }
  }
  if (at == component.size()) return cat(quoted(component), " ends with a separator");
  const char bad = component[at];
  if (bad >= 'A' && bad <= 'Z') {
    return cat("names of repositories have no upper case letter, ", quoted({&bad, 1}), " in ",
               quoted(component));
  }
  return cat(quoted({&bad, 1}), " cannot stand there in ", quoted(component));
}

Result<> check_name(std::string_view name) {
  for (const std::string_view component : text::split(name, '/')) {
    if (auto flaw = flaw_of_component(component); !flaw.empty()) {
      return usage(cat(quoted(name), " is no name of a repository: ", flaw));
    }
  }
  return {};
}

bool names_registry(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:") != std::string_view::npos;
}

bool is_port(std::string_view text) {
  const auto port = text::parse_count(text);
  return port && *port > 0 && *port < 65536;
}

bool is_host_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '-';
}

}  // namespace

Result<std::string> parse_registry(std::string_view text) {
  const std::string lower = text::lower(text);
  const auto refuse = [&](std::string_view why) {
    return usage(cat(quoted(text), " is no registry: ", why));
  };
  if (lower.find("://") != std::string::npos) {
    return refuse("only HOST or HOST:PORT, without a scheme (plain_http says that it is http)");
  }
  if (lower.find('/') != std::string::npos) {
    return refuse("only HOST or HOST:PORT; what follows the / belongs into prefix");
  }
  std::string_view host = lower;
  std::string_view port;
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (!is_port(port)) return refuse("the port is no number from 1 to 65535");
  }
  const bool ipv6 = host.starts_with('[') && host.ends_with(']') && host.size() > 4 &&
                    host.find_first_not_of("0123456789abcdef:.", 1) == host.size() - 1;
  const bool name = !host.empty() && std::ranges::all_of(host, is_host_character) &&
                    !host.starts_with('.') && !host.starts_with('-');
  if (!ipv6 && !name) return refuse("the host is neither a name nor an address");
  return lower;
}

Result<Repository> parse_repository(std::string_view text, std::string_view default_registry) {
  text = text::trim(text);
  if (text.find("://") != std::string_view::npos) {
    return usage(cat(quoted(text),
                     ": repositories are written without a scheme, as "
                     "registry.example/team/service"));
  }
  if (text.find('@') != std::string_view::npos) {
    return usage(cat(quoted(text), ": without a digest; which one it is gets found out here"));
  }
  const auto slash = text.find('/');
  std::string_view name = text;
  std::string_view registry = default_registry;
  if (slash != std::string_view::npos && names_registry(text.substr(0, slash))) {
    registry = text.substr(0, slash);
    name = text.substr(slash + 1);
  }
  if (name.find(':') != std::string_view::npos) {
    return usage(cat(quoted(text), ": without a tag; the setting tag says which one is meant"));
  }
  if (registry.empty()) {
    return usage(cat(quoted(text),
                     " does not say in which registry: set registry, or write "
                     "registry.example/",
                     name));
  }
  auto host = parse_registry(registry);
  if (!host) return forward(host.error());
  if (auto good = check_name(name); !good) return forward(good.error());
  Repository repository{*std::move(host), std::string(name)};
  if (repository.registry == kHub && name.find('/') == std::string_view::npos) {
    repository.name = cat("library/", name);
  }
  if (repository.text().size() > kLongest) {
    return usage(cat(quoted(text), ": host and name have more than ", kLongest, " characters"));
  }
  return repository;
}

std::string api_host(std::string_view registry) {
  return registry == kHub ? "registry-1.docker.io" : std::string(registry);
}

Result<Digest> parse_digest(std::string_view text) {
  if (text.starts_with(kSha256) && crypto::parse_hex_hash(text.substr(kSha256.size()))) {
    return Digest{std::string(text)};
  }
  return usage(cat(quoted(text),
                   " is no digest that can be checked here (sha256: and 64 "
                   "hexadecimal digits)"));
}

Digest digest_of(std::string_view bytes) {
  return Digest{cat(kSha256, crypto::hex(crypto::sha256(bytes)))};
}

}  // namespace stagegate::oci
