#include "common/log/log.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "common/log/mask.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::log {
namespace {

struct State {
  std::mutex mutex;
  Style style;
  std::vector<std::string> needles;
  std::shared_ptr<spdlog::logger> logger;
};

// The one singleton of the project: a log line can be written from anywhere.
State& state() {
  static State instance;
  return instance;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

const char* name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      break;
  }
  return "error";
}

std::shared_ptr<spdlog::logger> make_logger(const Style& style) {
  spdlog::sink_ptr sink;
  if (style.colour) {
    sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(spdlog::color_mode::always);
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("stagegate", std::move(sink));
  const char* pattern =
      style.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})" : "%Y-%m-%dT%H:%M:%SZ %^%l%$ %v";
  logger->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger->set_level(spdlog_level(style.least));
  logger->flush_on(spdlog::level::debug);
  // A full disk or a closed pipe behind stderr must not end the program, and there is nowhere left
  // to say so.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

// Text from outside must not move the cursor, colour the terminal or forge a second log line.
std::string without_controls(std::string_view line) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else if (c == '\t') {
      out += ' ';
    } else {
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string json_members(Level level, const std::string& line) {
  return text::cat("\"level\":\"", name(level), "\",\"message\":", text::Json(line).dump());
}

}  // namespace

void set_up(Style style) {
  const std::lock_guard lock(state().mutex);
  state().style = style;
  state().logger = make_logger(style);
}

void mask(std::string_view secret) {
  const std::lock_guard lock(state().mutex);
  auto& needles = state().needles;
  // Known already: a token that is read anew for each request must not fill the memory.
  if (std::find(needles.begin(), needles.end(), secret) != needles.end()) return;
  for (auto& form : forms_of(secret)) needles.push_back(std::move(form));
  std::stable_sort(needles.begin(), needles.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

void unmask(std::string_view secret) {
  const std::lock_guard lock(state().mutex);
  for (const auto& form : forms_of(secret)) std::erase(state().needles, form);
}

std::string redact(std::string_view text) {
  const std::lock_guard lock(state().mutex);
  return replace_all(std::string(text), state().needles);
}

void write(Level level, std::string_view line) {
  // Masked as a whole first: a secret may span lines.
  const std::string safe = redact(line);
  const std::lock_guard lock(state().mutex);
  if (state().logger == nullptr) state().logger = make_logger(state().style);
  const auto where = spdlog_level(level);
  if (!state().logger->should_log(where)) return;
  for (const auto piece : text::split(safe, '\n')) {
    const std::string clean = without_controls(piece);
    state().logger->log(where, state().style.json ? json_members(level, clean) : clean);
  }
}

}  // namespace stagegate::log
