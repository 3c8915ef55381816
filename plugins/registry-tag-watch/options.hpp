// The settings of registry-tag-watch, each declared once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/imageset/announce.hpp"
#include "common/imageset/images.hpp"
#include "common/imageset/mark_settings.hpp"
#include "common/imageset/registries.hpp"
#include "common/settings/table.hpp"
#include "plugins/registry-tag-watch/news/settings.hpp"

namespace stagegate::tag_watch {

struct Options {
  imageset::RegistrySettings registry;
  imageset::ImageSettings images;
  settings::ImageTag tag;
  std::chrono::milliseconds timeout{0};

  // wait
  std::chrono::milliseconds interval{0};
  std::chrono::milliseconds interval_max{0};
  std::chrono::milliseconds roll_call{0};
  std::chrono::milliseconds heartbeat{0};
  std::string env_file;

  // what an image has to be, beside there
  std::map<std::string, std::string> expect_digests;
  std::vector<std::string> metadata_files;
  bool require_revision = false;
  std::string revision;
  std::vector<std::string> platforms;

  std::string lock_file;  // out of wait, into mark

  imageset::MarkSettings mark;

  imageset::AnnounceSettings announce;
  NewsSettings news;
};

void declare_options(settings::Table& table, Options& options);

}  // namespace stagegate::tag_watch
