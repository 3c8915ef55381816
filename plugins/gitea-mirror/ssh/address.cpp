#include "plugins/gitea-mirror/ssh/address.hpp"

#include <algorithm>
#include <optional>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {

using text::cat;

namespace {

constexpr std::size_t kLongest = 2048;
constexpr std::string_view kScheme = "ssh://";
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct Parts {
  std::string_view authority;  // user@host:port
  std::string path;
};

// Without what could be a password.
std::string shown(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return text::quoted(at == std::string_view::npos ? text : text.substr(at + 1));
}

tl::unexpected<Failure> refuse(std::string_view text, std::string_view why) {
  return usage(cat(shown(text), " is no address of a repository over SSH: ", why,
                   "; expected: ssh://git@HOST:PORT/OWNER/NAME.git or git@HOST:OWNER/NAME.git"));
}

bool consists_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char letter) {
    return kLetters.find(letter) != std::string_view::npos ||
           more.find(letter) != std::string_view::npos;
  });
}

int digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = digit(text[at + 1]);
    const int low = digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

bool has_scheme(std::string_view text) {
  return text::lower(text.substr(0, kScheme.size())) == kScheme;
}

// Where the path of a short address begins: behind the first colon that is in no brackets, and that
// no slash comes before.
std::size_t colon_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::size_t from = 0;
  const std::size_t bracket = text.find('[');
  if (bracket < slash && (bracket == 0 || text[bracket - 1] == '@')) from = text.find(']', bracket);
  const std::size_t colon = text.find(':', from);
  return colon < slash ? colon : std::string_view::npos;
}

Result<Parts> split_url(std::string_view text) {
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return refuse(text, "it has no path");
  auto path = decoded(rest.substr(slash));
  if (!path) return refuse(text, "a % in it is not followed by two hexadecimal digits");
  // As git does: /~user/x is x in that user's home, and no directory called "~user".
  if (path->size() > 1 && (*path)[1] == '~') path->erase(0, 1);
  return Parts{rest.substr(0, slash), *std::move(path)};
}

Result<Parts> split_short(std::string_view text) {
  const std::size_t colon = colon_of(text);
  if (colon == std::string_view::npos) return refuse(text, "it names no host");
  std::string_view authority = text.substr(0, colon);
  const std::size_t bracket = authority.find('[');
  // "[host:port]:path" is git's way to give a port here. An IPv6 address keeps its brackets.
  if (bracket != std::string_view::npos && authority.back() == ']') {
    const std::string_view inside = authority.substr(bracket + 1, authority.size() - bracket - 2);
    if (std::count(inside.begin(), inside.end(), ':') == 1) {
      if (bracket != 0) return refuse(text, "give the port as in ssh://git@HOST:PORT/");
      return Parts{inside, std::string(text.substr(colon + 1))};
    }
  }
  return Parts{authority, std::string(text.substr(colon + 1))};
}

Result<> take_port(std::string_view text, std::string_view digits, SshAddress& address) {
  const auto port = text::parse_count(digits);
  if (!port || *port == 0 || *port > 65535) return refuse(text, "its port is no port");
  address.port = static_cast<std::uint16_t>(*port);
  return {};
}

Result<> take_host(std::string_view text, std::string_view host, SshAddress& address) {
  const bool in_brackets = !host.empty() && host.front() == '[';
  const std::size_t end = in_brackets ? host.find(']') : host.find(':');
  if (in_brackets && end == std::string_view::npos) return refuse(text, "its [ is not closed");
  const std::string_view name = in_brackets ? host.substr(1, end - 1) : host.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? "" : host.substr(end);
  if (in_brackets) rest.remove_prefix(1);
  if (!rest.empty()) {
    if (rest.front() != ':') return refuse(text, "there is something behind its ]");
    if (auto port = take_port(text, rest.substr(1), address); !port) return port;
  }
  const bool fine = !name.empty() && name.size() <= 255 && name.front() != '-' &&
                    consists_of(name, in_brackets ? ":." : "-._");
  if (!fine) return refuse(text, "it names no host");
  address.host = text::lower(name);
  return {};
}

Result<> take_authority(std::string_view text, std::string_view authority, SshAddress& address) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return refuse(text, "it has a password in it, and only keys are used to log in");
    }
    if (user.empty() || user.front() == '-' || !consists_of(user, "-._+")) {
      return refuse(text, "the user in it is no name");
    }
    address.user = user;
    authority.remove_prefix(at + 1);
  }
  return take_host(text, authority, address);
}

}  // namespace

std::string SshAddress::where() const {
  if (port == 22) return host;
  const bool six = host.find(':') != std::string::npos;
  return six ? cat('[', host, "]:", port) : cat(host, ':', port);
}

bool is_ssh_address(std::string_view text) {
  if (has_scheme(text)) return true;
  return text.find("://") == std::string_view::npos && colon_of(text) != std::string_view::npos;
}

Result<SshAddress> parse_ssh_address(std::string_view text) {
  if (text.size() > kLongest) return refuse(text, "it is too long");
  if (text::harmless(text) != text) return refuse(text, "there are control characters in it");
  if (!is_ssh_address(text)) return refuse(text, "it names no host, or is of another kind");
  auto parts = has_scheme(text) ? split_url(text) : split_short(text);
  if (!parts) return forward(std::move(parts.error()));
  SshAddress address;
  if (auto taken = take_authority(text, parts->authority, address); !taken) {
    return forward(std::move(taken.error()));
  }
  address.path = std::move(parts->path);
  if (text::harmless(address.path) != address.path) {
    return refuse(text, "there are control characters in its path");
  }
  if (address.path.empty() || address.path == "/") return refuse(text, "it has no path");
  if (address.path.front() == '-') return refuse(text, "its path begins with a -");
  return address;
}

std::string git_command(std::string_view program, std::string_view path) {
  std::string command = cat(program, " '");
  for (const char letter : path) {
    // The second one for shells in which it begins a substitution even here (csh): as git does.
    if (letter == '\'' || letter == '!') {
      command += "'\\";
      command += letter;
      command += '\'';
    } else {
      command += letter;
    }
  }
  command += '\'';
  return command;
}

}  // namespace stagegate::mirror
