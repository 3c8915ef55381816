#include "common/audit/tree/note.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kEd25519("\1", 1);  // C2SP signed-note: the signature type
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::string_view kDash = "\xE2\x80\x94 ";  // what a signature line begins with
constexpr std::size_t kMostSignatures = 100;
constexpr std::size_t kSignatureLength = 64;

// What Go's unicode.IsSpace calls a space beyond ASCII: its note package refuses these in names.
constexpr std::string_view kSpaces[] = {"\u0085", "\u00A0", "\u1680", "\u2000", "\u2001",
                                        "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                        "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                        "\u2029", "\u202F", "\u205F", "\u3000"};

std::string_view bytes_of(const std::array<std::uint8_t, 32>& bytes) {
  return crypto::bytes_of(bytes);
}

std::string hex_of(const KeyId& id) {
  return crypto::hex({reinterpret_cast<const char*>(id.data()), id.size()});
}

std::string shown(const std::string& name, const KeyId& id) {
  return cat(name, "+", hex_of(id));
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text::utf8_sequence(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20;
}

KeyId id_of(std::string_view name, const crypto::Ed25519Public& key) {
  const auto hash =
      crypto::Sha256().update(name).update("\n").update(kEd25519).update(bytes_of(key)).finish();
  KeyId id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

// "name+5a7d4433+base64(0x01 32 bytes)"; the base64 may hold a '+' itself.
struct KeyText {
  std::string_view name;
  std::string_view id;
  std::array<std::uint8_t, 32> bytes;
};

std::optional<KeyText> parse_key_text(std::string_view text) {
  const auto name_end = text.find('+');
  if (name_end == std::string_view::npos) return std::nullopt;
  const auto id_end = text.find('+', name_end + 1);
  if (id_end == std::string_view::npos) return std::nullopt;
  KeyText key{text.substr(0, name_end), text.substr(name_end + 1, id_end - name_end - 1), {}};
  const auto bytes = crypto::parse_base64(text.substr(id_end + 1));
  if (!is_key_name(key.name) || !bytes) return std::nullopt;
  if (bytes->size() != kEd25519.size() + key.bytes.size()) return std::nullopt;
  if (!bytes->starts_with(kEd25519)) return std::nullopt;
  std::copy(bytes->begin() + 1, bytes->end(), key.bytes.begin());
  return key;
}

auto malformed(std::string_view what) {
  return fail(Failure::Kind::conflict, cat("not a signed note: ", what));
}

std::optional<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos || !is_key_name(line.substr(0, blank))) return std::nullopt;
  const auto bytes = crypto::parse_base64(line.substr(blank + 1));
  NoteSignature signature{std::string(line.substr(0, blank)), {}, {}};
  if (!bytes || bytes->size() <= signature.id.size()) return std::nullopt;
  std::copy_n(bytes->begin(), signature.id.size(), signature.id.begin());
  signature.signature = bytes->substr(signature.id.size());
  return signature;
}

}  // namespace

bool is_key_name(std::string_view name) {
  const auto forbidden = [](char byte) {
    return is_control(byte) || byte == ' ' || byte == '\x7F' || byte == '+';
  };
  if (name.empty() || !is_utf8(name)) return false;
  if (std::any_of(name.begin(), name.end(), forbidden)) return false;
  return std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
    return name.find(space) != std::string_view::npos;
  });
}

VerifyKey::VerifyKey(std::string name, crypto::Ed25519Public key)
    : name_(std::move(name)), key_(key), id_(id_of(name_, key_)) {}

Result<VerifyKey> VerifyKey::parse(std::string_view vkey) {
  vkey = text::trim(vkey);
  if (vkey.starts_with(kPrivate)) return usage("this is a signing key; its public part is wanted");
  const auto parts = parse_key_text(vkey);
  if (!parts) {
    return usage(cat(text::quoted(vkey), " is no verification key: name+5a7d4433+base64 wanted"));
  }
  VerifyKey key{std::string(parts->name), parts->bytes};
  if (hex_of(key.id_) != parts->id) {
    return usage(cat(text::quoted(vkey), " is damaged: the name and the key make ", hex_of(key.id_),
                     ", not ", parts->id));
  }
  return key;
}

std::string VerifyKey::text() const {
  return cat(shown(name_, id_), "+", crypto::base64(cat(kEd25519, bytes_of(key_))));
}

SigningKey::SigningKey(VerifyKey verify_key, crypto::Ed25519Seed seed)
    : verify_key_(std::move(verify_key)), seed_(seed) {}

SigningKey SigningKey::generate(std::string name) {
  crypto::Ed25519Seed seed;
  const std::string bytes = crypto::random_bytes(seed.size());
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return {VerifyKey(std::move(name), crypto::ed25519_public(seed)), seed};
}

Result<SigningKey> SigningKey::parse(std::string_view text) {
  text = text::trim(text);
  if (!text.starts_with(kPrivate)) {
    return usage(cat("no signing key: ", kPrivate, "name+5a7d4433+base64 wanted"));
  }
  const auto parts = parse_key_text(text.substr(kPrivate.size()));
  if (!parts) return usage("the signing key is damaged: it was cut or changed on its way");
  SigningKey key{VerifyKey(std::string(parts->name), crypto::ed25519_public(parts->bytes)),
                 parts->bytes};
  if (hex_of(key.verify_key_.id()) != parts->id) {
    return usage("the signing key is damaged: its parts do not belong together");
  }
  return key;
}

std::string SigningKey::text() const {
  return cat(kPrivate, shown(verify_key_.name(), verify_key_.id()), "+",
             crypto::base64(cat(kEd25519, bytes_of(seed_))));
}

std::string SigningKey::sign(std::string_view text) const {
  const KeyId& id = verify_key_.id();
  const std::string signature =
      cat(std::string(id.begin(), id.end()), crypto::ed25519_sign(seed_, text));
  return cat(text, "\n", kDash, verify_key_.name(), " ", crypto::base64(signature), "\n");
}

Result<Note> parse_note(std::string_view bytes) {
  const auto stray = [](char byte) { return is_control(byte) && byte != '\n'; };
  if (!is_utf8(bytes) || std::any_of(bytes.begin(), bytes.end(), stray)) {
    return malformed("it holds bytes that are no text");
  }
  // The last empty line: there may be others in the text.
  const auto gap = bytes.rfind("\n\n");
  if (gap == std::string_view::npos) return malformed("no empty line before the signatures");
  Note note{std::string(bytes.substr(0, gap + 1)), {}};
  std::string_view rest = bytes.substr(gap + 2);
  if (!rest.ends_with('\n')) return malformed("no signature line at its end");
  rest.remove_suffix(1);
  for (const std::string_view line : text::split(rest, '\n')) {
    auto signature = parse_signature(line);
    if (!signature) return malformed(cat("no signature line: ", text::quoted(line)));
    if (note.signatures.size() == kMostSignatures) return malformed("too many signatures");
    note.signatures.push_back(std::move(*signature));
  }
  return note;
}

Result<std::string> open_note(std::string_view bytes, const VerifyKey& key) {
  auto note = parse_note(bytes);
  if (!note) return forward(std::move(note).error());
  const std::string wanted = shown(key.name(), key.id());
  std::vector<std::string> others;
  for (const NoteSignature& signature : note->signatures) {
    if (signature.name != key.name() || signature.id != key.id()) {
      others.push_back(shown(signature.name, signature.id));
    } else if (signature.signature.size() == kSignatureLength &&
               crypto::ed25519_verify(key.key(), note->text, signature.signature)) {
      return std::move(note->text);
    } else {
      return fail(Failure::Kind::conflict, cat("the signature by ", wanted, " is wrong"));
    }
  }
  return fail(Failure::Kind::conflict, cat("not signed by ", wanted, " but by ",
                                           text::quoted(text::join(others, ", "), 200)));
}

}  // namespace stagegate::audit
