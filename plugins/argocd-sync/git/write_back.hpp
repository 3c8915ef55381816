// The tag of applications, kept in YAML files of a Git repository.
//
//   WriteBack write_back(plan, *hosting, clock);
//   auto written = write_back.set({"stonks-beta"}, "v1.4.3");
//   auto there = write_back.holds("stonks-beta", "v1.4.3", application.revisions.front());
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/yaml_path.hpp"
#include "common/time/clock.hpp"
#include "plugins/argocd-sync/git/hosting.hpp"
#include "plugins/argocd-sync/git/message.hpp"

namespace stagegate::argocd::git {

struct Plan {
  std::string file;                          // of every application that is not in `files`
  std::map<std::string, std::string> files;  // by application
  std::vector<text::YamlPath> keys;          // that hold the tag, in each file
  MessageForm message;
  Author author;
  std::string author_name;  // in Git; empty: the owner of the token
  std::string author_email;

  // Refused (usage) for an application that has none.
  Result<std::string> file_of(const std::string& app) const;
};

struct Written {
  std::string app;
  std::string file;
  std::string commit;    // that holds the tag, ours if there is one; empty: nobody could say
  std::string old_tag;   // before this run, as far as it knows
  bool changed = false;  // by this run
  std::string words;     // for people: one line
};

// Whether every key of the file holds the tag, as a text, as of the revision. False as well where
// the file or the revision is not there.
Result<bool> holds_tag(Hosting& hosting, const std::string& file,
                       const std::vector<text::YamlPath>& keys, std::string_view tag,
                       const std::string& revision);

// Belongs to one thread at a time.
class WriteBack {
 public:
  // Hosting and clock have to outlive it.
  WriteBack(Plan plan, Hosting& hosting, time::Clock& clock);

  // On the clock's uptime.
  void set_deadline(std::optional<milliseconds> deadline);

  // Sets the tag in the files of all these applications, in one commit where the hosting can, and
  // without one where it stands there already. Other people's commits to the same file are kept.
  // Can be called again after any failure: what is written by then is found.
  // Fails with conflict: somebody set another tag meanwhile, which stays ("superseded by ...");
  // usage: a file in which the tag cannot be set, which says why; deadline; unknown: the rest.
  Result<std::vector<Written>> set(const std::vector<std::string>& apps, const std::string& tag);

  // holds_tag() of the application's file. A commit is asked for once.
  Result<bool> holds(const std::string& app, const std::string& tag, const std::string& revision);

 private:
  Plan plan_;
  Hosting& hosting_;
  time::Clock& clock_;
  std::optional<milliseconds> deadline_;
  // What is known of file, tag and revision: a commit never changes.
  std::map<std::vector<std::string>, bool> known_;
};

}  // namespace stagegate::argocd::git
