#include "plugins/gitea-mirror/wire/service.hpp"

#include "common/text/text.hpp"

namespace stagegate::mirror {

std::string_view name_of(Service service) {
  return service == Service::upload_pack ? "git-upload-pack" : "git-receive-pack";
}

std::string_view name_of(Side side) {
  return side == Side::source ? "source" : "target";
}

std::string media_type(Service service, MediaType type) {
  constexpr std::string_view kWords[] = {"-advertisement", "-request", "-result"};
  return text::cat("application/x-", name_of(service), kWords[static_cast<std::size_t>(type)]);
}

bool is_media_type(std::string_view content_type, Service service, MediaType type) {
  const std::string_view bare = text::trim(content_type.substr(0, content_type.find(';')));
  return text::lower(bare) == media_type(service, type);
}

}  // namespace stagegate::mirror
