// The settings that every serve mode has, under the same names and with the same meaning.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/settings/table.hpp"

namespace stagegate::http {

struct ServingSettings {
  std::string listen;
  settings::Secret token;
  settings::Secret previous_token;
  std::int64_t threads = 1;
  std::chrono::milliseconds grace{0};
};

// What differs from one to the other.
struct ServingWords {
  std::string port;        // "8080", by default
  std::string token_help;  // what the token is asked for
  std::string threads;     // by default
};

void declare_serving_settings(settings::Table& table, ServingSettings& target,
                              const ServingWords& words, const std::vector<std::string>& verbs);

// The tokens that are set: none, one, or two while one is being replaced.
Result<std::vector<std::string>> tokens_of(const ServingSettings& settings);

}  // namespace stagegate::http
