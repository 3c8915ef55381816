// Telling Kargo of images, by settings of the same names in every program: it looks for them at
// once, or gets the Freight ready-made.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/imageset/lock.hpp"
#include "common/imageset/registries.hpp"
#include "common/kube/settings.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/table.hpp"
#include "common/time/clock.hpp"

namespace stagegate::imageset {

struct AnnounceSettings {
  settings::Secret kargo_webhook_url;
  std::string kargo_project;
  std::string kargo_warehouse;
  std::string kargo_url;
  settings::Secret kargo_token;
  kube::ClusterSettings cluster;
  bool create_freight = false;
  std::string freight_alias;
  std::vector<std::string> freight_images;
  std::string pipeline_url;
};
void declare_announce_settings(settings::Table& table, AnnounceSettings& target,
                               const std::vector<std::string>& verbs);

// What is known of the images before they are there.
struct Subject {
  std::string tag;
  std::string revision;  // empty: not known
  std::vector<oci::Repository> images;
};

struct News {
  std::string_view event;  // "images-ready": what receivers tell calls apart by
  const Lock& lock;
  std::string verified_tag = {};  // empty: not marked
  // Of the Freight, beside those that come of the lock: {"stagegate.dev/inttest", "passed
  // 214/214"}.
  std::vector<std::pair<std::string, std::string>> annotations = {};
};

// What has become of it. Kargo finds new images by itself, later: that it was not told is a
// warning. Nobody else makes the Freight: that it was not made is a failure.
struct Announced {
  std::string words;  // for people; empty: nobody was to be told
  text::Json json;    // the same for programs; null: likewise
  std::optional<Failure> failure;
};

class Announcer {
 public:
  // Fails (usage) for settings that contradict each other or the images, before anything is done.
  // Certificates and proxy are as for the registries; `insecure` is not.
  static Result<Announcer> open(const AnnounceSettings& settings, const RegistrySettings& registry,
                                const Subject& subject, time::Clock& clock, int interrupt_fd);
  Announcer(Announcer&&) noexcept;
  Announcer& operator=(Announcer&&) noexcept;
  ~Announcer();

  // Takes no longer than until the deadline, on the clock's uptime. Doing it again is harmless.
  Announced announce(const News& news, std::chrono::milliseconds deadline);

 private:
  class Core;
  explicit Announcer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace stagegate::imageset
