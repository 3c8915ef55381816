// A private key as text, on its way from a secret store: what that does to its line breaks is
// mended, and what is no private key is told apart. Pure; the key is read in session.cpp.
#pragma once

#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

// Text that is overwritten before its memory is given back.
class Wiped {
 public:
  Wiped() = default;
  explicit Wiped(std::string text) : text_(std::move(text)) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  Wiped(Wiped&& other) noexcept;
  Wiped& operator=(Wiped&& other) noexcept;
  ~Wiped();

  const std::string& text() const { return text_; }

 private:
  void wipe();
  std::string text_;
};

struct KeyText {
  Wiped pem;
  bool encrypted = false;  // with a passphrase
};

// The key in the form that every reader takes: lines that end in one line feed each, the last one
// too. Secret stores and YAML cut the last line break, make it CR LF, or make all of them blanks,
// or "\n" in two letters; people copy the quotes around it. Fails (usage), without showing any of
// it, when it is no private key even so.
Result<KeyText> mend_private_key(std::string_view setting, std::string_view given);

}  // namespace stagegate::mirror
