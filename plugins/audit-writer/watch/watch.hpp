// Follows Kargo projects and records what no step of a pipeline can see: aborts, approvals,
// auto-promotions, verifications, promotions that nobody has come back to.
//
// No place is kept where it stopped. Kubernetes forgets such places within minutes, a file with one
// can be lost or be wrong; so each start looks at everything that is there, and the log says what
// of it is new. Kargo keeps Promotions for two weeks and more, and stages their last verifications;
// only who has approved Freight is lost when nobody looks for longer than Events live (an hour).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/kube/api.hpp"
#include "common/result/result.hpp"
#include "plugins/audit-writer/draft/statement.hpp"
#include "plugins/audit-writer/watch/journal.hpp"

namespace stagegate::audit_writer {

struct Watching {
  kube::Config cluster;
  std::vector<std::string> projects;
  std::string image;      // whose tag stands for Freight with several
  std::string kargo_url;  // of its user interface, for links
  std::chrono::milliseconds patience{60'000};
  std::chrono::milliseconds longest_silence{900'000};
  bool once = false;  // what is there now, and no longer
  Writer writer;
  // Told of each record that could not be stored, which is then lost to this run.
  std::function<void(const audit::Draft&)> unstored;
  // What it gives is held while the log is touched, which may take for ever.
  std::function<std::shared_ptr<void>()> watchdog;
};

struct Watched {
  std::uint64_t recorded = 0;
  std::uint64_t known = 0;    // seen, and in the log already
  std::uint64_t refused = 0;  // no record can be made of it
};

// Until `interrupt_fd` is readable. Fails when the log or the API fails for good.
Result<Watched> watch(const Watching& watching, Journal journal, int interrupt_fd);

}  // namespace stagegate::audit_writer
