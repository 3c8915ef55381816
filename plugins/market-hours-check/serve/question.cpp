#include "plugins/market-hours-check/serve/question.hpp"

#include <utility>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// The longest name that Kubernetes allows, and more than any image tag. Bounds what a promotion
// takes in memory.
constexpr std::size_t kLongestMember = 253;

constexpr text::JsonLimits kLimits{.bytes = std::size_t{64} << 10, .depth = 16, .values = 2'000};

Result<std::string> member(const text::Json& body, std::string_view key) {
  const text::Json* found = body.find(key);
  if (found == nullptr || found->is_null()) return std::string();
  const std::string* value = found->string();
  if (value == nullptr) {
    return usage(cat(key, " must be a string", key == "image_tag" ? " (quote it)" : ""));
  }
  if (value->size() > kLongestMember) {
    return usage(cat(key, " is longer than ", kLongestMember, " bytes"));
  }
  return *value;
}

Result<Mode> mode_of(const std::string& written) {
  if (written.empty() || written == "wait") return Mode::wait;
  if (written == "fail") return Mode::fail;
  return usage(cat("mode: ", text::quoted(written), " is not one of wait, fail"));
}

}  // namespace

Result<Question> parse_question(std::string_view body) {
  const auto json = text::parse_json(body, kLimits);
  if (!json) return usage(cat("the body is no valid JSON: ", json.error().message));
  if (json->object() == nullptr) return usage("the body must be a JSON object");

  Question question;
  std::string mode;
  const std::pair<std::string_view, std::string*> members[] = {
      {"mode", &mode},
      {"project", &question.project},
      {"stage", &question.stage},
      {"promotion", &question.promotion},
      {"freight", &question.freight},
      {"actor", &question.actor},
      {"image_tag", &question.image_tag},
  };
  for (const auto& [key, target] : members) {
    auto value = member(*json, key);
    if (!value) return forward(value.error());
    *target = *std::move(value);
  }
  const auto parsed = mode_of(mode);
  if (!parsed) return forward(parsed.error());
  question.mode = *parsed;
  if (question.stage.empty()) return usage("stage is missing");
  return question;
}

}  // namespace stagegate::market_hours
