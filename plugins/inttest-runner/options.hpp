// The settings of inttest-runner, each declared once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/imageset/announce.hpp"
#include "common/imageset/mark_settings.hpp"
#include "common/imageset/registries.hpp"
#include "common/settings/table.hpp"

namespace stagegate::inttest {

struct Options {
  settings::ImageTag tag;

  // what is run
  std::string command;
  std::vector<std::string> arguments;  // instead, word by word
  std::string cleanup;
  std::map<std::string, std::string> env;
  std::vector<std::string> pass_env;
  std::chrono::milliseconds timeout{0};
  std::chrono::milliseconds grace{0};
  std::chrono::milliseconds cleanup_timeout{0};
  std::int64_t retries = 0;
  bool timestamps = true;

  // what counts
  std::string results_file;
  std::int64_t min_tests = 1;

  // what is told
  std::string junit_file;
  std::string markdown_file;
  std::string archive_dir;
  std::string results_repository;
  bool attach = false;
  std::string pipeline;

  // what follows
  bool mark = true;
  std::string lock_file;
  imageset::MarkSettings marking;
  imageset::AnnounceSettings announce;
  imageset::RegistrySettings registry;
  std::chrono::milliseconds registry_timeout{0};
};

void declare_options(settings::Table& table, Options& options);

}  // namespace stagegate::inttest
