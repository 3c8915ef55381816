#include "common/imageset/verified_tag.hpp"

#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using text::cat;

namespace {

constexpr std::int64_t kLast = 9'999'999'999;

}  // namespace

Result<std::string> verified_tag(std::string_view form, std::int64_t epoch, std::string_view sha) {
  if (form.find("{sha}") == std::string_view::npos) {
    return usage(cat("verified_tag: ", text::quoted(form),
                     " has no {sha} in it: two builds would have the same tag"));
  }
  if (epoch <= 0 || epoch > kLast) {
    return usage(cat("epoch: ", epoch, " is no time in seconds since 1970"));
  }
  std::string digits = std::to_string(epoch);
  digits.insert(0, 10 - digits.size(), '0');
  std::string tag = text::replaced(text::replaced(form, "{epoch}", digits), "{sha}", sha);
  if (!settings::is_image_tag(tag)) {
    return usage(cat("verified_tag: ", text::quoted(tag), " is no image tag"));
  }
  return tag;
}

}  // namespace stagegate::imageset
