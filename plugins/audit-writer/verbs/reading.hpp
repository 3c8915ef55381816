// A log opened to be asked.
#pragma once

#include <memory>
#include <string>

#include "common/step/step.hpp"
#include "plugins/audit-writer/options.hpp"
#include "plugins/audit-writer/query/source.hpp"

namespace stagegate::audit_writer {

class Reading {
 public:
  static Result<Reading> open(const Options& options);

  const audit::View& view() const { return *view_; }
  const RecordSource& source() const { return *source_; }

 private:
  explicit Reading(audit::View view)
      : view_(std::make_unique<audit::View>(std::move(view))),
        source_(std::make_unique<ViewSource>(*view_)) {}
  std::unique_ptr<audit::View> view_;
  std::unique_ptr<RecordSource> source_;
};

// The record that a number or an id names. Fails (usage) when there is none.
struct Found {
  std::uint64_t seq = 0;
  std::string line;
};
Result<Found> find_record(const RecordSource& source, const std::string& name);

}  // namespace stagegate::audit_writer
