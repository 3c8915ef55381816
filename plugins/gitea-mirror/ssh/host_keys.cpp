#include "plugins/gitea-mirror/ssh/host_keys.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/gitea-mirror/ssh/host_pattern.hpp"

namespace stagegate::mirror {

using text::cat;

namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;
constexpr std::string_view kFingerprint = "SHA256:";

// In the order in which they are asked for. RSA keys sign with SHA-2 only: SHA-1 can be forged.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes = {{
    {"ssh-ed25519", "ssh-ed25519"},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
    {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"},
}};

// https://api.github.com/meta, "ssh_keys". Without the RSA key: GitHub had to replace it once.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kGitHub = {{
    {"ssh-ed25519", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
    {"ecdsa-sha2-nistp256", "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM"},
}};

bool is_checkable(std::string_view type) {
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](const auto& known) { return known.first == type; });
}

// A type that this program may not know, but that stands where a type stands.
bool is_type(std::string_view word) {
  return is_checkable(word) || word.starts_with("ssh-") || word.starts_with("ecdsa-") ||
         word.starts_with("sk-");
}

bool is_fingerprint(std::string_view word) {
  if (!word.starts_with(kFingerprint)) return false;
  std::string base64(word.substr(kFingerprint.size()));
  if (base64.ends_with('=')) return false;
  return crypto::parse_base64_hash(base64 + '=').has_value();
}

struct Line {
  enum class Marker { none, revoked, authority } marker = Marker::none;
  std::optional<std::string_view> hosts;  // whatever host, without
  HostKey key;
};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t from = line.find_first_not_of(" \t\r", at);
    if (from == std::string_view::npos) break;
    at = std::min(line.find_first_of(" \t\r", from), line.size());
    words.push_back(line.substr(from, at - from));
  }
  return words;
}

// The key at the beginning of what is left of a line.
std::optional<HostKey> key_at(const std::vector<std::string_view>& words, std::size_t at) {
  if (at >= words.size()) return std::nullopt;
  if (is_fingerprint(words[at])) return HostKey{{}, std::string(words[at])};
  if (!is_type(words[at]) || at + 1 >= words.size()) return std::nullopt;
  const auto blob = crypto::parse_base64(words[at + 1]);
  if (!blob) return std::nullopt;
  HostKey key = host_key_of(*blob);
  // Names of a type are also in the key itself: a key that was cut in copying shows here.
  if (key.type != words[at]) return std::nullopt;
  return key;
}

std::optional<Line> parse_line(std::string_view text) {
  const auto words = words_of(text);
  Line line;
  if (words[0] == "@revoked") line.marker = Line::Marker::revoked;
  if (words[0] == "@cert-authority") line.marker = Line::Marker::authority;
  const std::size_t at = line.marker == Line::Marker::none ? 0 : 1;
  // "256 SHA256:... host (ED25519)", as ssh-keygen -l prints it.
  const bool listed = at == 0 && words.size() > 1 && text::parse_count(words[0]).has_value();
  auto key = key_at(words, listed ? 1 : at);
  if (!key && at < words.size()) {
    line.hosts = words[at];
    key = key_at(words, at + 1);
  }
  if (!key) return std::nullopt;
  line.key = *std::move(key);
  return line;
}

Result<std::vector<Line>> parse_lines(std::string_view known_hosts) {
  if (known_hosts.size() > kMostText) return usage("known_hosts: is larger than 1 MiB");
  std::vector<Line> lines;
  std::int64_t number = 0;
  for (const std::string_view text : text::split(known_hosts, '\n')) {
    ++number;
    const std::string_view trimmed = text::trim(text);
    if (trimmed.empty() || trimmed.front() == '#') continue;
    auto line = parse_line(trimmed);
    if (!line) {
      return usage(cat("known_hosts, line ", number, ": ", text::quoted(trimmed),
                       " is neither a line of ssh-keyscan HOST (with all of its key) nor a"
                       " fingerprint like SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"));
    }
    lines.push_back(*std::move(line));
  }
  return lines;
}

PinnedKeys pinned_for(const std::vector<Line>& lines, const std::string& name) {
  PinnedKeys pinned;
  for (const Line& line : lines) {
    if (line.hosts && !matches_hosts(*line.hosts, name)) continue;
    if (line.marker == Line::Marker::revoked) pinned.revoked.push_back(line.key.fingerprint);
    if (line.marker != Line::Marker::none) continue;
    if (line.key.type.empty() || is_checkable(line.key.type)) pinned.trusted.push_back(line.key);
  }
  return pinned;
}

std::string fingerprints(const PinnedKeys& pinned) {
  std::vector<std::string> all;
  for (const HostKey& key : pinned.trusted) {
    all.push_back(key.type.empty() ? key.fingerprint : cat(key.fingerprint, " (", key.type, ')'));
  }
  return text::join(all, " or ");
}

std::string described(const HostKey& key) {
  return cat(key.fingerprint, " (", text::harmless(key.type), ')');
}

}  // namespace

HostKey host_key_of(std::string_view blob) {
  HostKey key;
  key.fingerprint = cat(kFingerprint, crypto::base64(crypto::sha256(blob)));
  key.fingerprint.pop_back();  // its padding, which nobody shows
  if (blob.size() < 4) return key;
  std::size_t length = 0;
  for (std::size_t at = 0; at < 4; ++at)
    length = length << 8 | static_cast<unsigned char>(blob[at]);
  if (length <= 64 && length <= blob.size() - 4) key.type = blob.substr(4, length);
  return key;
}

std::vector<std::string> PinnedKeys::askings() const {
  std::vector<std::string> pinned;
  std::vector<std::string> all;
  bool by_fingerprint = false;
  for (const auto& [type, algorithms] : kTypes) {
    // One server seldom has two ECDSA keys, and no two connections are needed to see which.
    const bool one_more_ecdsa = !all.empty() && type.starts_with("ecdsa") && all.size() > 1;
    if (one_more_ecdsa) {
      all.back() += cat(',', algorithms);
    } else {
      all.emplace_back(algorithms);
    }
    for (const HostKey& key : trusted) {
      by_fingerprint = by_fingerprint || key.type.empty();
      if (key.type == type && (pinned.empty() || pinned.back() != algorithms)) {
        pinned.emplace_back(algorithms);
      }
    }
  }
  if (by_fingerprint) return all;
  return {text::join(pinned.empty() ? all : pinned, ",")};
}

Result<PinnedKeys> pinned_keys(std::string_view known_hosts, std::string_view host,
                               std::uint16_t port) {
  const auto lines = parse_lines(known_hosts);
  if (!lines) return forward(lines.error());
  const std::string name = text::lower(host);
  PinnedKeys pinned;
  if (port != 22) pinned = pinned_for(*lines, cat('[', name, "]:", port));
  // As OpenSSH does: a key without a port is good for the host's other ports.
  if (pinned.trusted.empty()) {
    auto revoked = std::move(pinned.revoked);
    pinned = pinned_for(*lines, name);
    pinned.revoked.insert(pinned.revoked.end(), revoked.begin(), revoked.end());
  }
  if (pinned.trusted.empty() && (name == "github.com" || name == "ssh.github.com")) {
    for (const auto& [type, fingerprint] : kGitHub) {
      pinned.trusted.push_back({std::string(type), std::string(fingerprint)});
    }
  }
  return pinned;
}

Acquaintance acquaintance(const PinnedKeys& pinned, const HostKey& shown) {
  if (std::find(pinned.revoked.begin(), pinned.revoked.end(), shown.fingerprint) !=
      pinned.revoked.end()) {
    return Acquaintance::revoked;
  }
  if (pinned.trusted.empty()) return Acquaintance::unknown;
  const bool known =
      std::any_of(pinned.trusted.begin(), pinned.trusted.end(),
                  [&](const HostKey& key) { return key.fingerprint == shown.fingerprint; });
  return known ? Acquaintance::known : Acquaintance::changed;
}

Failure stranger(std::string_view where, const PinnedKeys& pinned, const HostKey& shown) {
  const std::string head = cat("host key of ", where);
  std::string message;
  switch (acquaintance(pinned, shown)) {
    case Acquaintance::revoked:
      message = cat(head, " is ", described(shown), ", which known_hosts says is revoked");
      break;
    case Acquaintance::changed:
      message =
          cat(head, " has CHANGED: it is ", described(shown), ", expected ", fingerprints(pinned),
              "; nothing was sent. If its owner says that the new key is right, put it into"
              " known_hosts");
      break;
    default:
      message = cat(head, " is ", described(shown),
                    "; not in known_hosts. If its owner publishes the same fingerprint, put that"
                    " into known_hosts");
  }
  return {Failure::Kind::unknown, std::move(message)};
}

Failure no_pinned_type(std::string_view where, const PinnedKeys& pinned, std::string_view offered) {
  return {Failure::Kind::unknown,
          cat("host key of ", where, ": it has none of the types that are pinned, expected ",
              fingerprints(pinned), "; it has ", text::harmless(offered),
              ". Put a key that it has into known_hosts (ssh-keyscan shows them)")};
}

}  // namespace stagegate::mirror
