#include "plugins/audit-writer/doctor/mount.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::string_view kOctal = "01234567";

// The kernel writes blanks, tabs, newlines and backslashes of a path as \040 and so on.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto digits = text.substr(at).substr(0, 4);
    if (digits.size() == 4 && digits[0] == '\\' &&
        digits.substr(1).find_first_not_of(kOctal) == std::string_view::npos) {
      const int code = (digits[1] - '0') * 64 + (digits[2] - '0') * 8 + (digits[3] - '0');
      out += static_cast<char>(code);
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool lies_on(std::string_view path, std::string_view point) {
  if (point == "/") return true;
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

void add_options(std::vector<std::string>& into, std::string_view list) {
  for (const auto option : text::split(list, ',')) {
    const std::string word(option);
    if (std::find(into.begin(), into.end(), word) == into.end()) into.push_back(word);
  }
}

// "36 35 98:0 /root /point rw,noatime shared:1 - nfs4 server:/path rw,vers=4.1,..."
std::optional<Mount> parse_line(std::string_view line) {
  constexpr std::size_t kPoint = 4;
  constexpr std::size_t kOptions = 5;
  const auto fields = text::split(text::trim(line), ' ');
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (fields.size() <= kOptions || fields.end() - dash < 4) return std::nullopt;
  Mount mount{.point = unescaped(fields[kPoint]),
              .type = std::string(dash[1]),
              .source = unescaped(dash[2]),
              .options = {}};
  add_options(mount.options, fields[kOptions]);
  add_options(mount.options, dash[3]);
  return mount;
}

bool has(const Mount& mount, std::string_view option) {
  return std::find(mount.options.begin(), mount.options.end(), option) != mount.options.end();
}

std::string value_of(const Mount& mount, std::string_view name) {
  for (const auto& option : mount.options) {
    if (option.starts_with(name) && option.size() > name.size() && option[name.size()] == '=') {
      return option.substr(name.size() + 1);
    }
  }
  return {};
}

bool is_nfs(const Mount& mount) {
  return mount.type == "nfs" || mount.type == "nfs4";
}

void judge_nfs(const Mount& mount, std::vector<Check>& checks) {
  const std::string version = value_of(mount, "vers");
  const auto add = [&](Weight weight, std::string words) {
    checks.push_back({weight, "nfs", std::move(words)});
  };
  if (version.starts_with("3")) {
    add(Weight::warning,
        "vers=3: a lock of a machine that died stays for ever; mount with nfsvers=4.1");
  } else {
    add(Weight::good, cat("vers=", version.empty() ? "?" : version));
  }
  const std::string local = value_of(mount, "local_lock");
  if (has(mount, "nolock") || (!local.empty() && local != "none")) {
    add(Weight::warning,
        cat(has(mount, "nolock") ? std::string("nolock") : cat("local_lock=", local),
            ": locks do not reach other machines. The log is safe without them, writers only "
            "have to try more often"));
  }
  if (has(mount, "soft") || has(mount, "softerr")) {
    add(Weight::warning,
        "soft: an answer that comes late is an error, and a record is reported as not stored that "
        "is; mount with hard");
  }
  if (value_of(mount, "lookupcache") != "positive" && value_of(mount, "lookupcache") != "pos") {
    add(Weight::warning,
        "lookupcache is not positive: names that are not there yet are remembered; this program "
        "refreshes them, other readers see new files up to 30 s late");
  }
  add(Weight::warning,
      "the export itself cannot be seen from here: it must be `sync`. On a Synology, \"Enable "
      "asynchronous\" has to be unticked; with it, a power cut takes records that were "
      "acknowledged");
}

}  // namespace

std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view path) {
  std::optional<Mount> best;
  for (const auto line : text::split(mountinfo, '\n')) {
    auto mount = parse_line(line);
    if (!mount || !lies_on(path, mount->point)) continue;
    // Of mounts on one point the last covers the others.
    if (!best || mount->point.size() >= best->point.size()) best = std::move(mount);
  }
  return best;
}

std::vector<Check> judge_mount(const Mount& mount) {
  std::vector<Check> checks;
  const std::string where = cat(mount.type, " from ", mount.source, " on ", mount.point);
  if (has(mount, "ro")) {
    checks.push_back({Weight::bad, "mount", cat(where, ": read-only, nothing can be stored")});
  } else if (mount.type == "tmpfs" || mount.type == "ramfs") {
    checks.push_back({Weight::bad, "mount", cat(where, ": gone with the machine's next start")});
  } else if (mount.type == "overlay") {
    checks.push_back({Weight::bad, "mount",
                      cat(where,
                          ": inside a container's own layer, gone with the container; mount "
                          "a volume")});
  } else if (mount.type.starts_with("cifs") || mount.type.starts_with("smb") ||
             mount.type.starts_with("fuse")) {
    checks.push_back({Weight::warning, "mount",
                      cat(where, ": not tested; it has to keep hard links and fsync honestly")});
  } else {
    checks.push_back({Weight::good, "mount", where});
  }
  if (is_nfs(mount)) judge_nfs(mount, checks);
  return checks;
}

}  // namespace stagegate::audit_writer
