#include "common/audit/log/layout.hpp"

#include <string_view>
#include <system_error>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kFormat = "stagegate-audit/1";
constexpr std::size_t kLongestAbout = 4096;

std::string padded(std::uint64_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

}  // namespace

fs::Path Layout::about() const {
  return directory / "log.json";
}

fs::Path Layout::checkpoint() const {
  return directory / "checkpoint";
}

fs::Path Layout::records() const {
  return directory / "records";
}

fs::Path Layout::segment(std::uint64_t index) const {
  return records() / (padded(index << kSegmentBits, 10) + ".jsonl");
}

fs::Path Layout::tail() const {
  return directory / "tail";
}

fs::Path Layout::slot(std::uint64_t seq) const {
  return tail() / padded(seq, 10);
}

// C2SP tlog-tiles: the index in groups of three digits, an x before each group but the last.
fs::Path Layout::tile(unsigned level, std::uint64_t index) const {
  std::string path = padded(index % 1000, 3);
  for (std::uint64_t rest = index / 1000; rest > 0; rest /= 1000) {
    path = cat("x", padded(rest % 1000, 3), "/", path);
  }
  return directory / "tile" / std::to_string(level) / path;
}

fs::Path Layout::lock() const {
  return directory / "lock";
}

fs::Path Layout::quarantine() const {
  return directory / "quarantine";
}

std::string show(const About& about) {
  return text::Json()
             .set("format", kFormat)
             .set("origin", about.origin)
             .set("vkey", about.vkey)
             .set("segment_bits", std::uint64_t{kSegmentBits})
             .dump() +
         "\n";
}

Result<About> parse_about(std::string_view json) {
  const auto parsed = text::parse_json(json);
  if (!parsed) return fail(Failure::Kind::conflict, parsed.error().message);
  if (parsed->text("format") != kFormat) {
    return unknown(cat("its format is ", text::quoted(parsed->text("format")), "; ", kFormat,
                       " is what this program knows"));
  }
  const auto* bits = parsed->find("segment_bits");
  if (bits == nullptr || bits->integer() != kSegmentBits) {
    return unknown(cat("its segment_bits are not ", kSegmentBits));
  }
  About about{std::string(parsed->text("origin")), std::string(parsed->text("vkey"))};
  if (about.origin.empty() || about.vkey.empty()) {
    return fail(Failure::Kind::conflict, "origin or vkey is missing");
  }
  return about;
}

Result<About> read_about(const Layout& layout) {
  const fs::Path path = layout.about();
  std::error_code error;
  if (std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found) {
    return unknown(cat("there is no audit log in ", layout.directory.native(),
                       " (no log.json): is the volume mounted? If this is a new one, run "
                       "audit-writer init once"));
  }
  const auto bytes = fs::read_file(path, kLongestAbout);
  if (!bytes) return forward(bytes.error());
  auto about = parse_about(*bytes);
  if (!about) return fail(about.error().kind, cat(path.native(), ": ", about.error().message));
  return about;
}

}  // namespace stagegate::audit
