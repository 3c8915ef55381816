// Looks at the images of a build: which of them are there and are what is waited for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/imageset/images.hpp"
#include "common/imageset/lock.hpp"
#include "common/imageset/registries.hpp"
#include "common/time/clock.hpp"
#include "plugins/registry-tag-watch/fitness.hpp"
#include "plugins/registry-tag-watch/options.hpp"
#include "plugins/registry-tag-watch/roll.hpp"

namespace stagegate::tag_watch {

class Watcher {
 public:
  // Fails for settings that make no sense together.
  static Result<Watcher> open(const Options& options, time::Clock& clock, int interrupt_fd);

  // Asks for one image and, when it is there, for all others that are missing; or for all at once.
  // Fails with what no waiting can mend.
  Result<> look(bool all);

  const Roll& roll() const { return roll_; }
  const std::vector<oci::Repository>& images() const { return images_; }
  imageset::Registries& registries() { return registries_; }
  // When the registry has asked for a longer pause.
  std::optional<milliseconds> asked_pause() const { return asked_pause_; }
  std::uint64_t retries() const { return retries_; }
  // The lock of a complete roll.
  imageset::Lock lock(const Options& options, time::Instant now) const;

 private:
  Watcher(std::vector<oci::Repository> images, std::vector<Demand> demands, std::string tag,
          imageset::Registries registries);
  Result<> ask(std::span<const std::size_t> images);
  Result<Sight> sight_of(std::size_t image, const oci::Answer<oci::Descriptor>& answer);

  std::vector<oci::Repository> images_;
  std::vector<Demand> demands_;
  std::string tag_;
  imageset::Registries registries_;
  Roll roll_;
  std::optional<milliseconds> asked_pause_;
  std::uint64_t retries_ = 0;
};

}  // namespace stagegate::tag_watch
