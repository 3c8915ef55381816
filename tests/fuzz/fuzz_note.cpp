// A note or a key that is accepted has one form: written again, it is the same, whatever the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/audit/tree/note.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagegate;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto note = audit::parse_note(bytes)) {
    std::string again = note->text + "\n";
    for (const auto& signature : note->signatures) {
      const std::string id(signature.id.begin(), signature.id.end());
      again += text::cat("\xE2\x80\x94 ", signature.name, " ",
                         crypto::base64(id + signature.signature), "\n");
    }
    if (again != bytes) std::abort();
  }
  const auto key = audit::VerifyKey::parse(bytes);
  if (key && key->text() != text::trim(bytes)) std::abort();
  const auto signing = audit::SigningKey::parse(bytes);
  if (signing && signing->text() != text::trim(bytes)) std::abort();
  return 0;
}
