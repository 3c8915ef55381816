// The settings of the verbs that tell of new tags.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/settings/table.hpp"

namespace stagegate::tag_watch {

struct NewsSettings {
  std::string state_file;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  settings::ImageTag moving_tag;
  bool report_initial = false;
  bool accept_loss = false;
  std::chrono::seconds forget_after{0};
  settings::Secret webhook_url;

  // watch
  std::chrono::milliseconds every{0};
  std::int64_t count = 0;
  std::chrono::milliseconds watch_for{0};
};

void declare_news_settings(settings::Table& table, NewsSettings& target);

}  // namespace stagegate::tag_watch
