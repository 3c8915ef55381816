// What POST /v1/check is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::market_hours {

// What a blocked promotion should do: stay and ask again, or end.
enum class Mode : std::uint8_t { wait, fail };

struct Question {
  Mode mode = Mode::wait;
  std::string project;
  std::string stage;
  std::string promotion;  // empty: a person asks, there is nothing to remember
  std::string freight;
  std::string actor;
  std::string image_tag;
};

// The body is a JSON object. Members nobody knows are ignored, because pipelines add context of
// their own; a known one of another type is a fault (kind usage), and null counts as absent:
// Kargo's expressions give null for what they do not find.
Result<Question> parse_question(std::string_view body);

}  // namespace stagegate::market_hours
