// One tag on its way into the files of some applications: the flow behind WriteBack::set().
//
//   read -> edit -> the same: nothing to do
//                -> write, if the blob is still the one that was read
//                   anything but a clear yes -> read again, and let the file say what has happened
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/time/clock.hpp"
#include "plugins/argocd-sync/git/hosting.hpp"
#include "plugins/argocd-sync/git/write_back.hpp"

namespace stagegate::argocd::git {

class Writing {
 public:
  Writing(const Plan& plan, Hosting& hosting, time::Clock& clock,
          std::optional<milliseconds> deadline, const std::string& tag)
      : plan_(plan), hosting_(hosting), clock_(clock), deadline_(deadline), tag_(tag) {}

  Result<> run(const std::vector<std::string>& apps);
  // After run(): one for each application.
  std::vector<Written> results(const std::vector<std::string>& apps) const;

 private:
  // One file.
  struct Work {
    std::string file;
    std::vector<std::string> apps;
    std::vector<std::string> first;  // the values when they were first seen, one for each key
    File seen;                       // as last read
    std::string bytes;               // as it should be
    std::string commit;
    bool pending = true;   // it does not hold the tag
    bool changed = false;  // this run has written it

    std::string old_tag() const;
  };
  using Batch = std::vector<Work*>;

  Result<> gather(const std::vector<std::string>& apps);
  // Reads the file and says what it should be.
  Result<> look(Work& work);
  // Of a file that holds the tag.
  void find_commit(Work& work);
  Result<> superseded(const Work& work, std::size_t key, const std::string& value);

  Batch next_batch();
  Order order_for(const Batch& batch) const;
  // Once, and then looks at what has become of it.
  Result<> write(const Batch& batch);
  Result<> after(const NotWritten& trouble, const Batch& batch);
  Result<> look_again(const NotWritten& trouble, const Batch& batch);
  // False when there is no time for another try.
  Result<bool> pause(const NotWritten& trouble);

  // What stays although the whole has failed.
  Failure with_done(Failure failure) const;
  std::string words(const Work& work) const;

  const Plan& plan_;
  Hosting& hosting_;
  time::Clock& clock_;
  std::optional<milliseconds> deadline_;
  const std::string& tag_;
  std::vector<Work> works_;
  std::vector<std::string> sent_;  // messages
  int failed_ = 0;                 // tries
  std::minstd_rand random_{std::random_device()()};
  std::uniform_real_distribution<double> dice_{0.0, 1.0};
};

}  // namespace stagegate::argocd::git
