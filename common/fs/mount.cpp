#include "common/fs/mount.hpp"

#include <algorithm>
#include <system_error>

#include "common/text/text.hpp"

namespace stagegate::fs {
namespace {

using text::cat;

// Blanks, tabs, line feeds and backslashes are written as three octal digits.
std::string unescaped(std::string_view field) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t at = 0; at < field.size(); ++at) {
    const std::string_view digits = field.substr(at + 1, 3);
    if (field[at] == '\\' && digits.size() == 3 &&
        std::all_of(digits.begin(), digits.end(), is_octal)) {
      out += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + digits[2] - '0');
      at += 3;
    } else {
      out += field[at];
    }
  }
  return out;
}

bool is_below(std::string_view path, std::string_view point) {
  if (point == "/") return path.starts_with('/');
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

std::string own_mountinfo() {
  // It says that it is empty, and is no smaller for that.
  return read_file("/proc/self/mountinfo").value_or(std::string());
}

}  // namespace

std::optional<std::string> Mount::option(std::string_view name) const {
  for (const std::string_view option : text::split(options, ',')) {
    if (option == name) return std::string();
    if (option.starts_with(name) && option[name.size()] == '=') {
      return std::string(option.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string_view line : text::split(mountinfo, '\n')) {
    // 36 35 98:0 /root /point options optional... - type source super-options
    const auto fields = text::split(line, ' ');
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 6 || fields.end() - dash < 4) continue;
    mounts.push_back({unescaped(fields[4]), std::string(dash[1]), unescaped(dash[2]),
                      cat(fields[5], ",", dash[3])});
  }
  return mounts;
}

const Mount* mount_holding(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts) {
    // The later of two on one point hides the earlier.
    const bool nearer = found == nullptr || mount.point.size() >= found->point.size();
    if (nearer && is_below(path, mount.point)) found = &mount;
  }
  return found;
}

std::optional<Mount> mount_of(const Path& path) {
  std::error_code error;
  const Path real =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (error) return std::nullopt;
  const auto mounts = parse_mounts(own_mountinfo());
  const Mount* mount = mount_holding(mounts, real.native());
  return mount == nullptr ? std::nullopt : std::optional(*mount);
}

}  // namespace stagegate::fs
