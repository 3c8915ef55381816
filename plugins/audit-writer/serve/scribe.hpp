// Stores records for callers who cannot wait for ever.
//
// One thread appends, one record after the other: the log orders them anyway. A caller whose record
// is not stored in time is told so; the record may still be stored later, which a second try with
// the same key finds out.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "common/audit/log/log.hpp"
#include "plugins/audit-writer/serve/background.hpp"

namespace stagegate::audit_writer {

class Scribe {
 public:
  using Append = std::function<Result<audit::Appended>(const audit::Draft&)>;
  Scribe(Append append, std::chrono::milliseconds deadline);
  ~Scribe();

  // Returns a success only for what is durable. Fails with deadline when that is not known in time.
  Result<audit::Appended> store(const audit::Draft& draft);
  // Whether a record is being stored for longer than the deadline.
  bool stuck() const;

 private:
  struct Desk;
  std::shared_ptr<Desk> desk_;
  std::chrono::milliseconds deadline_;
  Background thread_;
};

}  // namespace stagegate::audit_writer
