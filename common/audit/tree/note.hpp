// C2SP signed notes: a text, an empty line, and a signature line for each key.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/ed25519.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// First four bytes of SHA-256(name LF type public-key).
using KeyId = std::array<std::uint8_t, 4>;

// What verifies: "name+5a7d4433+base64(0x01 key)".
class VerifyKey {
 public:
  static Result<VerifyKey> parse(std::string_view vkey);
  VerifyKey(std::string name, crypto::Ed25519Public key);

  const std::string& name() const { return name_; }
  const KeyId& id() const { return id_; }
  const crypto::Ed25519Public& key() const { return key_; }
  std::string text() const;  // the vkey
  bool operator==(const VerifyKey&) const = default;

 private:
  std::string name_;
  crypto::Ed25519Public key_;
  KeyId id_;
};

// What signs: "PRIVATE+KEY+name+5a7d4433+base64(0x01 seed)", as Go's note package writes it.
class SigningKey {
 public:
  // `name` has to be a key name.
  static SigningKey generate(std::string name);
  // Mends what secrets suffer on their way: white space around it. The failure (usage) never shows
  // the key.
  static Result<SigningKey> parse(std::string_view text);

  const VerifyKey& verify_key() const { return verify_key_; }
  std::string text() const;
  // The whole note: `text` must end with a newline.
  std::string sign(std::string_view text) const;

 private:
  SigningKey(VerifyKey verify_key, crypto::Ed25519Seed seed);
  VerifyKey verify_key_;
  crypto::Ed25519Seed seed_;
};

// True for a name that a key may have: not empty, UTF-8, no space of any kind, no control
// character, no '+'.
bool is_key_name(std::string_view name);

struct NoteSignature {
  std::string name;
  KeyId id;
  std::string signature;
};

struct Note {
  std::string text;  // with the newline at its end
  std::vector<NoteSignature> signatures;
};

// Malformed ones are refused (conflict: somebody else wrote over it).
Result<Note> parse_note(std::string_view bytes);

// The text, when `key` has signed it; signatures of other keys are ignored. A failure (conflict)
// says whether the signature is wrong or of another key, and names both.
Result<std::string> open_note(std::string_view bytes, const VerifyKey& key);

}  // namespace stagegate::audit
