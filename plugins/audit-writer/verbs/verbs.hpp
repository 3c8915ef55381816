// What each verb does: from the options to an outcome.
#pragma once

#include <string>

#include "common/step/step.hpp"
#include "plugins/audit-writer/options.hpp"

namespace stagegate::audit_writer {

step::Outcome append(const Options& options, const step::Run& run);
step::Outcome import_pending(const Options& options, const step::Run& run);
step::Outcome init(const Options& options, const step::Run& run);
step::Outcome keygen(const Options& options, const step::Run& run);
step::Outcome grant(const Options& options, const step::Run& run);
step::Outcome revoke(const Options& options, const step::Run& run);
step::Outcome review(const Options& options, const step::Run& run);
step::Outcome stage_enable(const Options& options, const step::Run& run);
step::Outcome stage_disable(const Options& options, const step::Run& run);
step::Outcome current(const Options& options, const step::Run& run);
step::Outcome history(const Options& options, const step::Run& run);
step::Outcome show_record(const Options& options, const step::Run& run);
step::Outcome where(const Options& options, const step::Run& run);
step::Outcome diff(const Options& options, const step::Run& run);
step::Outcome proof(const Options& options, const step::Run& run);
step::Outcome verify(const Options& options, const step::Run& run);
step::Outcome repair(const Options& options, const step::Run& run);
step::Outcome recover(const Options& options, const step::Run& run);
step::Outcome redact(const Options& options, const step::Run& run);
step::Outcome doctor(const Options& options, const step::Run& run);
step::Outcome export_log(const Options& options, const step::Run& run);
step::Outcome report_dora(const Options& options, const step::Run& run);
step::Outcome report_compliance(const Options& options, const step::Run& run);
step::Outcome serve(const Options& options, const step::Run& run);
step::Outcome watch(const Options& options, const step::Run& run);

// Whether the verb has this form of output; usage when not.
Result<> printable(const std::string& verb, const std::string& output);

}  // namespace stagegate::audit_writer
