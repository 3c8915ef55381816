#include "plugins/inttest-runner/archive/archive.hpp"

#include <array>

#include <fcntl.h>

#include "common/fs/trouble.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

// A blob is sent in one piece, from memory.
constexpr std::size_t kLargestBlob = 64u << 20;
constexpr int kMostCopies = 1'000;

std::string media_type_of(const fs::Path& results) {
  const std::string extension = text::lower(results.extension().native());
  if (extension == ".json") return "application/json";
  return extension == ".xml" ? "application/xml" : "text/plain";
}

Result<> copy_to(const fs::Path& from, const fs::Path& to) {
  const auto source = fs::open_file(from, O_RDONLY);
  if (!source.open()) return fs::trouble("open", from, errno);
  auto copy = fs::Replacement::open(to);
  if (!copy) return forward(copy.error());
  std::array<char, 65536> buffer{};
  for (std::uint64_t offset = 0;;) {
    const ssize_t got = fs::read_at(source.get(), buffer.data(), buffer.size(), offset);
    if (got < 0) return fs::trouble("read", from, errno);
    if (got == 0) return copy->commit();
    const auto length = static_cast<std::size_t>(got);
    if (auto written = copy->write({buffer.data(), length}); !written) return written;
    offset += length;
  }
}

// The name, or the first one with a number behind it that is free: what is kept is never replaced.
Result<fs::Path> free_place(const fs::Path& folder, const std::string& name) {
  const fs::Path wanted = folder / name;
  fs::Path place = wanted;
  for (int copy = 2; copy < kMostCopies; ++copy) {
    std::error_code error;
    const auto kind = std::filesystem::symlink_status(place, error).type();
    if (kind == std::filesystem::file_type::not_found) return place;
    place.replace_filename(cat(wanted.stem().native(), "-", copy, wanted.extension().native()));
  }
  return unknown(cat(wanted.native(), ": too many of this name are in the archive"));
}

}  // namespace

std::string archive_name(const Options& options, const fs::Path& results, std::size_t number,
                         std::size_t count) {
  const std::string pipeline = options.pipeline.empty() ? "" : cat('-', options.pipeline);
  const std::string run = number == count ? "" : cat(".attempt-", number);
  return cat(options.tag.text, pipeline, run, results.extension().native());
}

Result<fs::Path> keep_in_folder(const fs::Path& folder, const std::string& name,
                                const fs::Path& results) {
  auto place = free_place(folder, name);
  if (!place) return place;
  if (auto copied = copy_to(results, *place); !copied) return forward(copied.error());
  return place;
}

Result<oci::Artifact> results_artifact(const Options& options, const std::vector<Attempt>& attempts,
                                       const std::optional<imageset::Lock>& lock,
                                       time::Instant now) {
  oci::Artifact artifact;
  artifact.type = kResultsType;
  for (std::size_t number = attempts.size(); number > 0; --number) {  // the one that decides first
    const Attempt& attempt = attempts[number - 1];
    if (std::holds_alternative<NoResults>(attempt.observed)) continue;
    auto bytes = fs::read_file(attempt.results, kLargestBlob);
    if (!bytes) return forward(bytes.error());
    artifact.files.push_back({archive_name(options, attempt.results, number, attempts.size()),
                              media_type_of(attempt.results), *std::move(bytes)});
  }
  const Verdict& verdict = attempts.back().verdict;
  artifact.annotations = {{"org.opencontainers.image.created", time::rfc3339(now)},
                          {"io.stagegate.verdict", verdict.passed() ? "pass" : "no"},
                          {"io.stagegate.reason", std::string(reason_word(verdict.reason))},
                          {"io.stagegate.tag", options.tag.text}};
  if (!options.pipeline.empty()) artifact.annotations["io.stagegate.pipeline"] = options.pipeline;
  if (!lock) return artifact;
  // They are about images in other repositories, which a subject cannot name.
  for (const auto& locked : lock->images) {
    artifact.annotations.emplace(cat("io.stagegate.image.", locked.image.name),
                                 locked.manifest.digest.text);
  }
  return artifact;
}

}  // namespace stagegate::inttest
