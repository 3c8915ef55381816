#include "plugins/gitea-mirror/ssh/host_pattern.hpp"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/crypto/encoding.hpp"
#include "common/crypto/start.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::string_view kHashed = "|1|";

// |1|salt|HMAC-SHA1 of the name with the salt as its key|
bool matches_hashed(std::string_view field, const std::string& name) {
  const auto pieces = text::split(field.substr(kHashed.size()), '|');
  if (pieces.size() != 2) return false;
  const auto salt = crypto::parse_base64(pieces[0]);
  const auto expected = crypto::parse_base64(pieces[1]);
  if (!salt || !expected || !crypto::start_openssl()) return false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  if (HMAC(EVP_sha1(), salt->data(), static_cast<int>(salt->size()),
           reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest.data(),
           &length) == nullptr) {
    return false;
  }
  return *expected == std::string_view(reinterpret_cast<const char*>(digest.data()), length);
}

// Going back to the last star is enough: never more than the product of the lengths.
bool matches_pattern(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_at = 0;
  while (at < name.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      star_at = at;
    } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == name[at])) {
      ++in;
      ++at;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

}  // namespace

bool matches_hosts(std::string_view field, const std::string& name) {
  if (field.starts_with(kHashed)) return matches_hashed(field, name);
  bool matches = false;
  for (const std::string_view piece : text::split(field, ',')) {
    const bool negated = !piece.empty() && piece.front() == '!';
    if (!matches_pattern(text::lower(negated ? piece.substr(1) : piece), name)) continue;
    if (negated) return false;
    matches = true;
  }
  return matches;
}

}  // namespace stagegate::mirror
