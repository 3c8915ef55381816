// A slot: the line, then what is claimed about it up to the leaf, which nobody could guess.
// Whatever is claimed, what opens is signed again as the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/audit/log/slot.hpp"
#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagegate;
  using namespace stagegate::audit;
  static const SigningKey key = SigningKey::generate("log.example");
  const std::string bytes(data, data + size);
  const std::string line = bytes.substr(0, bytes.find('\n'));
  const std::string claim = line.size() < bytes.size() ? bytes.substr(line.size() + 1) : "";
  const std::string slot = text::cat(
      line, "\n", key.sign(text::cat(claim, "\n", crypto::base64(stored_leaf(line)), "\n")));
  const auto opened = open_slot(slot, key.verify_key());
  if (opened && sign_slot(*opened, key) != slot) std::abort();
  // Unsigned, it is never one.
  if (open_slot(bytes, key.verify_key())) std::abort();
  return 0;
}
