// A Git repository behind the HTTP API of its hosting: files are read and written without a clone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "common/result/result.hpp"
#include "common/time/clock.hpp"

namespace stagegate::argocd::git {

using std::chrono::milliseconds;

struct File {
  std::string bytes;
  std::string blob;  // the SHA of its content, as Git counts
};

struct Commit {
  std::string sha;
  std::string message;
  std::string author;
};

struct Change {
  std::string path;
  std::string blob;   // that it replaces: another one is there by now, and nothing is written
  std::string bytes;  // new
};

struct Order {
  std::vector<Change> changes;
  std::string message;
  std::string author_name;  // both empty: the owner of the token
  std::string author_email;
};

// Why nothing was written, as far as one can know.
struct NotWritten {
  enum class Why : std::uint8_t {
    moved,      // the file or the branch is another by now
    absent,     // the file, the branch, the repository, or the right to write
    uncertain,  // the answer got lost, or is a server's own fault: perhaps it was written
    busy,       // ask again later
    refused,    // and will be the next time
  };
  Why why = Why::refused;
  Failure failure;
  std::optional<milliseconds> pause = {};  // that the server asks for
};

// One branch of one repository. Failures name the repository and say what to do. Belongs to one
// thread at a time.
class Hosting {
 public:
  Hosting() = default;
  Hosting(const Hosting&) = delete;
  Hosting& operator=(const Hosting&) = delete;
  virtual ~Hosting() = default;

  // "stonks/deploy on main"
  virtual std::string name() const = 0;
  // On the clock's uptime, for everything asked from now on.
  virtual void set_deadline(std::optional<milliseconds> deadline) = 0;

  // As of a branch, a tag or a commit; empty `ref`: the branch. nullopt: there is none.
  virtual Result<std::optional<File>> read(std::string_view path, std::string_view ref) = 0;
  // Which of repository, branch and file is not there, in words.
  virtual Failure why_absent(std::string_view path) = 0;
  // The latest commits of the branch that touched the file, the newest first.
  virtual Result<std::vector<Commit>> last_commits(std::string_view path) = 0;
  // Whether several files go into one commit. Gitea's API does that; GitHub's does not, and what it
  // offers instead (trees and commits by hand) compares the branch and not the files.
  virtual bool writes_together() const = 0;
  // The commit that it made: of all changes, or nothing was written.
  virtual tl::expected<std::string, NotWritten> write(const Order& order) = 0;
};

enum class Kind : std::uint8_t { gitea, github };

struct Place {
  Kind kind = Kind::gitea;  // Forgejo is a Gitea here
  std::string api;          // "https://gitea.example.com", "https://api.github.com"
  std::string repository;   // "owner/name"
  std::string branch;
  std::string token;
};

// How the server is spoken to.
struct Access {
  std::string ca_file;
  bool insecure = false;
  bool plain_http = false;  // a token may leave this machine without TLS
  std::string proxy;
};

// Refused (usage): an address that is none, or one to which a token would go without TLS.
Result<std::unique_ptr<Hosting>> open_hosting(Place place, const Access& access,
                                              const time::Clock& clock, int interrupt_fd = -1);

}  // namespace stagegate::argocd::git
