// Log lines for people, on stderr; results go to stdout and not through here. spdlog does the work,
// in log.cpp only.
#pragma once

#include <string>
#include <string_view>

namespace stagegate::log {

enum class Level { debug, info, warning, error };

struct Style {
  Level least = Level::info;
  bool colour = false;  // step turns it on for terminals without NO_COLOR
  bool json = false;    // one JSON object per line
};
void set_up(Style style);

// From here on this value appears in no log line and no redacted text: neither as it is nor
// URL-encoded, in base64, JSON-escaped, or any line of it (lines shorter than 4 characters
// excepted: masking them would blot out the log).
void mask(std::string_view secret);
// For one that has ended, such as a token of a minute: a program that runs for weeks would keep
// thousands of them.
void unmask(std::string_view secret);
// The text with every masked value replaced by "***".
std::string redact(std::string_view text);

void write(Level level, std::string_view line);
inline void debug(std::string_view line) {
  write(Level::debug, line);
}
inline void info(std::string_view line) {
  write(Level::info, line);
}
inline void warning(std::string_view line) {
  write(Level::warning, line);
}
inline void error(std::string_view line) {
  write(Level::error, line);
}

}  // namespace stagegate::log
