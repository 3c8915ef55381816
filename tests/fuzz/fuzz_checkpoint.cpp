// Whatever the log's key has been made to sign: what opens as a checkpoint is one, in its one form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/audit/tree/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagegate::audit;
  static const SigningKey key = SigningKey::generate("log.example");
  const std::string note = key.sign(std::string(data, data + size) + "\n");
  const auto checkpoint = open_checkpoint(note, key.verify_key());
  if (checkpoint && sign_checkpoint(*checkpoint, key) != note) std::abort();
  return 0;
}
