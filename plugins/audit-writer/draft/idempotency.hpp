// The key under which a record is stored once, however often the step that writes it is tried.
#pragma once

#include <string>
#include <string_view>

#include "plugins/audit-writer/draft/event.hpp"
#include "plugins/audit-writer/draft/pipeline.hpp"

namespace stagegate::audit_writer {

struct Identity {
  const Pipeline& pipeline;
  std::string_view promotion;  // Kargo's name
  const Event& event;
  std::string_view target_stage;
  std::string_view image_tag;
};

// By the promotion where it has a name, because whoever else reports it knows the same name; else
// by the step of the pipeline. Empty when there is neither: by hand every record is a new one.
std::string usual_key(const Identity& identity);

// As it may stand in a record: visible ASCII, at most 200 characters. What does not fit is replaced
// by a hash of the whole, so that different keys stay different.
std::string fit_key(std::string_view key);

}  // namespace stagegate::audit_writer
