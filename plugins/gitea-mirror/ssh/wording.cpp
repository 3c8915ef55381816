#include "plugins/gitea-mirror/ssh/wording.hpp"

#include <array>
#include <utility>
#include <vector>

#include "common/text/characters.hpp"
#include "common/text/duration.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {

using text::cat;

namespace {

constexpr std::size_t kMostShown = 400;

Failure unknown_failure(std::string message, bool passing) {
  return {Failure::Kind::unknown, std::move(message), passing};
}

std::string amount(std::uint64_t bytes) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  if (bytes < kMebibyte) return cat(bytes, " bytes");
  return cat(bytes / kMebibyte, " MiB");
}

// The lines in one, those of git itself without its "fatal: ".
std::string shown(std::string_view errors) {
  std::vector<std::string> lines;
  for (const std::string_view line : text::split(errors, '\n')) {
    const std::string_view trimmed = text::trim(line);
    if (!trimmed.empty()) lines.emplace_back(trimmed);
  }
  return text::harmless(text::cut_at_character(text::join(lines, "; "), kMostShown));
}

enum class Cause { no_repository, read_only, no_right, no_git, other };

// What Gitea, GitHub, GitLab and OpenSSH with plain git write, in lower case.
constexpr std::array<std::pair<std::string_view, Cause>, 15> kCauses = {{
    {"denied to deploy key", Cause::read_only},
    {"marked as read only", Cause::read_only},
    {"deploy key does not have write access", Cause::read_only},
    {"is not authorized to write", Cause::read_only},
    {"this deploy key does not have", Cause::read_only},
    {"repository not found", Cause::no_repository},
    {"does not appear to be a git repository", Cause::no_repository},
    {"cannot find repository", Cause::no_repository},
    {"repository does not exist", Cause::no_repository},
    {"could not be found", Cause::no_repository},
    {"no such project", Cause::no_repository},
    {"unknown repository", Cause::no_repository},
    {"permission to ", Cause::no_right},
    {"is not authorized to", Cause::no_right},
    {"user does not have", Cause::no_right},
}};

Cause cause_of(const RemoteEnding& ending) {
  const std::string errors = text::lower(ending.errors);
  // The shell's own status for a command that it does not find.
  if (ending.status == 127) return Cause::no_git;
  for (const auto& [piece, cause] : kCauses) {
    if (errors.find(piece) != std::string::npos) return cause;
  }
  return Cause::other;
}

std::string ending_in_words(const RemoteEnding& ending) {
  if (ending.status) return cat("ended with status ", *ending.status);
  if (!ending.signal.empty()) return cat("was ended by signal ", text::harmless(ending.signal));
  return "ended without saying how";
}

}  // namespace

Failure connection_lost(std::string_view where, std::uint64_t moved, std::string_view detail) {
  std::string message = cat(where, ": connection lost after ", amount(moved));
  if (!detail.empty()) {
    message += cat(" (", text::harmless(text::cut_at_character(detail, kMostShown)), ')');
  }
  return unknown_failure(std::move(message), true);
}

Failure quiet_too_long(std::string_view where, std::chrono::milliseconds limit) {
  return unknown_failure(cat("no data from ", where, " for ", text::show_duration(limit)), true);
}

Failure not_connected(std::string_view where, std::string_view detail, bool passing) {
  return unknown_failure(cat("cannot connect to ", where, " over SSH: ",
                             text::harmless(text::cut_at_character(detail, kMostShown))),
                         passing);
}

Failure key_refused(std::string_view where, std::string_view user, std::string_view fingerprint) {
  return unknown_failure(cat(where, " does not accept key ", fingerprint, " for user ",
                             text::harmless(user), " (add it as deploy key with write access)"),
                         false);
}

Failure ended_early(std::string_view where, std::string_view path, const RemoteEnding& ending) {
  std::string said = shown(ending.errors);
  if (!said.empty()) said = cat(". It says: ", said);
  switch (cause_of(ending)) {
    case Cause::no_repository:
      return unknown_failure(
          cat(where, ": no such repository ", text::quoted(path), ", or no access to it", said),
          false);
    case Cause::read_only:
      return unknown_failure(cat(where, ": the deploy key may only read ", text::quoted(path),
                                 ": allow it to write (\"Allow write access\")", said),
                             false);
    case Cause::no_right:
      return unknown_failure(
          cat(where, ": the key has no right to do this in ", text::quoted(path), said), false);
    case Cause::no_git:
      return unknown_failure(cat(where, ": there is no git on the server", said), false);
    default:
      return unknown_failure(cat(where, ": git on the server ", ending_in_words(ending), said),
                             !ending.status);
  }
}

}  // namespace stagegate::mirror
