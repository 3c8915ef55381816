#include "plugins/gitea-mirror/ssh/private_key.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include <openssl/crypto.h>

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {

using text::cat;

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 10;  // RSA with 16,384 bits has 13,000
constexpr std::size_t kLineLength = 64;                    // of base64, as RFC 7468 wants it
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kPrivate = "PRIVATE KEY";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kHint = " (is the secret's newline/quoting intact?)";

bool contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

// The text between the lines BEGIN and END, and what they call it.
struct Armour {
  std::string_view label;  // "OPENSSH PRIVATE KEY"
  std::string_view body;
};

std::string_view mistaken_for_a_key(std::string_view given) {
  if (contains(given, "PuTTY-User-Key-File")) {
    return "is a key of PuTTY: export it as an OpenSSH key (puttygen KEY -O private-openssh)";
  }
  if (contains(given, "PUBLIC KEY-----") || contains(given, "ssh-ed25519 AAAA") ||
      contains(given, "ssh-rsa AAAA") || contains(given, "ecdsa-sha2-")) {
    return "is the public key; the private one is needed, from the file without .pub";
  }
  if (contains(given, "BEGIN CERTIFICATE")) return "is a certificate, and no private key";
  return {};
}

Result<Armour> armour_of(std::string_view setting, std::string_view given) {
  const auto refuse = [&](std::string_view what) { return usage(cat(setting, ": ", what)); };
  const std::size_t begin = given.find(kBegin);
  const std::size_t label = begin + kBegin.size();
  const std::size_t head = begin == std::string_view::npos ? begin : given.find(kDashes, label);
  if (head == std::string_view::npos || !given.substr(label, head - label).ends_with(kPrivate)) {
    const std::string_view mistake = mistaken_for_a_key(given);
    if (!mistake.empty()) return refuse(mistake);
    return refuse(cat("not a private key", kHint, "; it begins with -----BEGIN"));
  }
  const std::size_t from = head + kDashes.size();
  const std::size_t end = given.find(kEnd, from);
  if (end == std::string_view::npos) {
    return refuse(cat("the private key is cut off: its line -----END is missing", kHint));
  }
  return Armour{given.substr(label, head - label), given.substr(from, end - from)};
}

// What stands between blanks, and between the two letters "\n" that were meant as a line break.
std::vector<std::string_view> words_of(std::string_view body) {
  std::vector<std::string_view> words;
  const auto broken = [&](std::size_t at) {
    return body[at] == '\\' && at + 1 < body.size() && contains("nr", body.substr(at + 1, 1));
  };
  std::size_t from = 0;
  for (std::size_t at = 0; at <= body.size();) {
    const bool two = at < body.size() && broken(at);
    if (at < body.size() && !two && !contains(kBlanks, body.substr(at, 1))) {
      ++at;
      continue;
    }
    if (at > from) words.push_back(body.substr(from, at - from));
    at += two ? 2 : 1;
    from = at;
  }
  return words;
}

bool is_base64(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
           (letter >= '0' && letter <= '9') || letter == '+' || letter == '/' || letter == '=';
  });
}

// "openssh-key-v1" and a zero byte, then the name of the cipher: "none" when it is not encrypted.
bool openssh_encrypted(std::string_view base64) {
  // 44 letters hold 33 bytes: the magic (15), the length (4), and the name's beginning.
  const auto bytes = crypto::parse_base64(base64.substr(0, 44));
  return bytes && bytes->size() >= 23 && bytes->substr(19, 4) != "none";
}

struct Body {
  std::vector<std::string_view> headers;  // "Proc-Type:", "4,ENCRYPTED", "DEK-Info:", "AES-..."
  Wiped base64;
};

Result<Body> read_body(std::string_view setting, std::string_view text) {
  auto words = words_of(text);
  Body body;
  // Old PEM files say in two headers how they are encrypted: a name with a colon and one word each.
  while (words.size() >= 2 && words[0].ends_with(':')) {
    body.headers.insert(body.headers.end(), words.begin(), words.begin() + 2);
    words.erase(words.begin(), words.begin() + 2);
  }
  std::string base64;
  base64.reserve(text.size());  // never moved while it grows: each move would leave a copy
  for (const std::string_view word : words) {
    if (!is_base64(word)) {
      return usage(cat(setting, ": the private key is damaged: there is something in it that is",
                       " no base64", kHint));
    }
    base64 += word;
  }
  if (base64.empty()) return usage(cat(setting, ": the private key is empty", kHint));
  body.base64 = Wiped(std::move(base64));
  return body;
}

std::string written(const Armour& armour, const Body& body) {
  const std::string& base64 = body.base64.text();
  std::string pem;
  pem.reserve(kMostBytes + 2 * armour.body.size());
  const auto line = [&](std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) pem += piece;
    pem += '\n';
  };
  line({kBegin, armour.label, kDashes});
  for (std::size_t at = 0; at + 1 < body.headers.size(); at += 2) {
    line({body.headers[at], " ", body.headers[at + 1]});
  }
  if (!body.headers.empty()) line({});
  for (std::size_t at = 0; at < base64.size(); at += kLineLength) {
    line({std::string_view(base64).substr(at, kLineLength)});
  }
  line({kEnd, armour.label, kDashes});
  return pem;
}

}  // namespace

Wiped::Wiped(Wiped&& other) noexcept : text_(std::move(other.text_)) {
  other.wipe();
}

Wiped& Wiped::operator=(Wiped&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  text_ = std::move(other.text_);
  other.wipe();
  return *this;
}

Wiped::~Wiped() {
  wipe();
}

void Wiped::wipe() {
  // A short text lives inside of the object and stays there when it is moved from: all of it.
  OPENSSL_cleanse(text_.data(), text_.capacity());
  text_.clear();
}

Result<KeyText> mend_private_key(std::string_view setting, std::string_view given) {
  if (given.size() > kMostBytes) return usage(cat(setting, ": is too large for a private key"));
  const auto armour = armour_of(setting, given);
  if (!armour) return forward(armour.error());
  if (armour->label.starts_with("DSA")) {
    return usage(cat(setting, ": is a DSA key, which no server takes any more; make a new one:",
                     " ssh-keygen -t ed25519"));
  }
  const auto body = read_body(setting, armour->body);
  if (!body) return forward(body.error());
  KeyText key;
  key.encrypted = armour->label.starts_with("ENCRYPTED") || !body->headers.empty() ||
                  (armour->label.starts_with("OPENSSH") && openssh_encrypted(body->base64.text()));
  key.pem = Wiped(written(*armour, *body));
  return key;
}

}  // namespace stagegate::mirror
