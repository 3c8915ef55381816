#include "common/imageset/unchanged.hpp"

#include <optional>

#include "common/imageset/images.hpp"
#include "common/imageset/persist.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using oci::Answer;
using oci::Descriptor;
using oci::Refusal;
using text::cat;

namespace {

tl::unexpected<Refusal> changed(const std::string& message) {
  return forward(oci::refusal_of(
      Failure{Failure::Kind::conflict, cat("image changed under test: ", message)}));
}

Answer<> look_once(Registries& registries, const Lock& lock) {
  const auto images = lock.repositories();
  std::vector<Wanted> wanted;
  for (std::size_t image = 0; image < images.size(); ++image) wanted.push_back({image, lock.tag});
  std::optional<Refusal> first;
  const auto note = [&](std::size_t image, const Answer<Descriptor>& answer) {
    auto same = as_locked(lock, image, answer);
    // What is final matters more than what may pass.
    if (!same && (!first || first->passing)) first = std::move(same.error());
  };
  if (auto asked = look(registries, images, wanted, note); !asked) {
    return forward(oci::refusal_of(asked.error()));
  }
  if (first) return forward(*std::move(first));
  return {};
}

}  // namespace

Answer<> as_locked(const Lock& lock, std::size_t image, const Answer<Descriptor>& there) {
  const std::string& locked = lock.images[image].manifest.digest.text;
  const std::string what = cat(lock.images[image].image.text(), ':', lock.tag);
  if (there && there->digest.text == locked) return {};
  if (there) {
    return changed(cat(what, " is now ", there->digest.text, ", tested was ", locked,
                       ": test again what is there now"));
  }
  if (there.error().kind != Refusal::Kind::absent) return forward(there.error());
  return changed(cat(what, " is gone; locked was ", locked));
}

Result<> check_unchanged(Registries& registries, time::Clock& clock, const Lock& lock,
                         std::chrono::milliseconds deadline) {
  registries.set_deadline(deadline);
  const auto same = persist(clock, deadline, [&] { return look_once(registries, lock); });
  if (!same) return forward(same.error().failure);
  return {};
}

}  // namespace stagegate::imageset
